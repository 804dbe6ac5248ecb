/** The last stop or delete that was given, and how often in a row. */
export interface Given {
  readonly what: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly times: number;
}

export const noCommand: Given = { what: null, at: 0, times: 0 };

export function given(last: Given, what: string, now: number): Given {
  return { what, at: now, times: last.what === what ? last.times + 1 : 1 };
}

/** A command that shows no effect is given again, with pauses that grow from twice to 32 times `pollMax`. */
function repeatAfter(last: Given, pollMaxMs: number): number {
  return pollMaxMs * 2 ** Math.min(last.times, 5);
}

export function isDue(last: Given, what: string, pollMaxMs: number, now: number): boolean {
  return last.what !== what || now - last.at >= repeatAfter(last, pollMaxMs);
}

/** How long to wait for news before the command is due again; without one, the wait only has to come to an end some time. */
export function untilRepeat(last: Given, pollMaxMs: number, now: number): number {
  if (last.what === null) return pollMaxMs * 32;
  return Math.max(1, last.at + repeatAfter(last, pollMaxMs) - now);
}
