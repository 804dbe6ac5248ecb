import { setTimeout } from 'node:timers/promises';

/** Tries again until a call succeeds; throws its last error once the limit has passed. */
export async function retry<T>(
  limitMs: number,
  call: () => Promise<T>,
  isFinal: (error: unknown) => boolean = () => false,
): Promise<T> {
  const until = performance.now() + limitMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (isFinal(error) || performance.now() > until) throw error;
    }
    await setTimeout(250);
  }
}
