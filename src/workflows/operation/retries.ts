import { ApplicationFailure, CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { type Command, tryNowUpdate } from '../../contract/messages.js';
import type { RetryError } from '../../contract/progress.js';
import { isoTime } from '../../domain/rfc3339.js';
import { handleCommandWith } from './commands.js';
import { describeFailure, factsOf, rootFailure } from './failure.js';
import type { Operation } from './operation.js';
import { timeNow } from './state.js';

/** Something that waits for its next try, and how to end that wait. */
interface Waiting {
  /** Null while it does not wait. */
  readonly what: () => string | null;
  readonly hurry: () => void;
}

/** What of an operation waits for its next try: shown in `progress.retrying`, and tried at once on the update `tryNow`. */
export class Retries {
  /** How often `tryNow` has been taken: whoever waits for a next try compares. */
  hurries = 0;
  private readonly waiting = new Set<Waiting>();
  private readonly sometimes: Waiting[] = [];
  /** What the last `tryNow` has hurried; one that is repeated under its key is answered with it. */
  private hurried: readonly string[] = [];

  constructor(private readonly op: Operation) {
    const rules = {
      refusal: () => this.refusal(),
      act: ({ by, reason }: Command) => {
        op.audit('tryNow', by, reason);
        this.hurried = this.hurry();
      },
    };
    handleCommandWith(op, tryNowUpdate, rules, (answer) => ({ ...answer, hurries: this.hurried }));
  }

  /** Adds something that waits for its next try; the answer takes it out again. */
  add(what: () => string | null, hurry: () => void = () => undefined): () => void {
    const waiting = { what, hurry };
    this.waiting.add(waiting);
    return () => void this.waiting.delete(waiting);
  }

  /** As `add`, for what waits only while `what` names it. */
  addWhen(what: () => string | null, hurry: () => void): void {
    this.sometimes.push({ what, hurry });
  }

  /** Pauses before the next try; `tryNow` ends the pause. */
  async pause(what: string, ms: number): Promise<void> {
    const before = this.hurries;
    const leave = this.add(() => what);
    try {
      await condition(() => this.hurries !== before, ms);
    } finally {
      leave();
    }
  }

  /** Runs a call that the server retries by itself. `tryNow` cancels it between two tries and schedules it again. */
  async run<T>(what: string, call: () => Promise<T>): Promise<T> {
    for (;;) {
      const before = this.hurries;
      const scope = new CancellationScope();
      const leave = this.add(
        () => what,
        () => scope.cancel(),
      );
      try {
        return await scope.run(call);
      } catch (error) {
        const isOurs = isCancellation(error) && this.hurries !== before;
        if (!isOurs || CancellationScope.current().consideredCancelled) throw error;
      } finally {
        leave();
      }
    }
  }

  /** Shows a failed call, and when it is tried again. The time and count of its first failure stay. */
  failed(operation: string, error: RetryError, pauseMs: number, attempt?: number): void {
    const { retrying } = this.op.state.progress;
    const before = retrying?.operation === operation ? retrying : null;
    this.op.update({
      retrying: {
        operation,
        error,
        attempt: attempt ?? (before?.attempt ?? 0) + 1,
        since: before?.since ?? timeNow(),
        nextTryAt: isoTime(Date.now() + pauseMs),
      },
    });
  }

  /** Nothing that was shown as failed is tried again any more. */
  over(): void {
    if (this.op.state.progress.retrying !== null) this.op.update({ retrying: null });
  }

  private now(): Waiting[] {
    return [...this.waiting, ...this.sometimes].filter(({ what }) => what() !== null);
  }

  private hurry(): string[] {
    this.hurries += 1;
    const { retrying } = this.op.state.progress;
    if (retrying !== null) this.op.update({ retrying: { ...retrying, nextTryAt: timeNow() } });
    const all = this.now();
    const names = [...new Set(all.flatMap(({ what }) => what() ?? []))];
    for (const { hurry } of all) hurry();
    return names;
  }

  private refusal(): string | null {
    const { phase, awaiting } = this.op.state.progress;
    if (this.op.isPaused) return 'it is paused. Resume it first';
    if (this.now().length > 0) return null;
    const decision = awaiting !== null ? `; possible: ${awaiting.verbs.join(', ')}` : '';
    return `nothing is waiting for a retry: the phase is ${phase}${decision}`;
  }
}

/** The typed facts of a failed call. */
export function retryErrorOf(error: unknown): RetryError {
  const { type, message, errorCode, requestId } = describeFailure(error, null);
  const root = rootFailure(error);
  const { status = null } = root instanceof ApplicationFailure ? factsOf(root) : {};
  return { type, status, errorCode, requestId, message };
}

/** A call that no answer of the service was an error of. */
export function retryError(
  type: RetryError['type'],
  { why, errorCode = null, requestId = null }: { why: string; errorCode?: string | null; requestId?: string | null },
): RetryError {
  return { type, status: null, errorCode, requestId, message: why };
}
