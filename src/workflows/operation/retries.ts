import { ApplicationFailure, CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { type Command, tryNowUpdate } from '../../contract/messages.js';
import type { RetryError } from '../../contract/progress.js';
import { isoTime } from '../../domain/rfc3339.js';
import { handleCommandWith } from './commands.js';
import { describeFailure, factsOf, rootFailure } from './failure.js';
import type { OperationProgress } from './operation-progress.js';
import { timeNow } from './state.js';

/** A pending retry, and how to start it now. */
interface Waiting {
  /** Null while no retry is pending. */
  readonly what: () => string | null;
  readonly retryNow: () => void;
}

/** The pending retries of an operation. `progress.retrying` shows them, and the update `tryNow` starts them at once. */
export class Retries {
  /** Number of accepted `tryNow` updates. A waiter compares it to detect a new one. */
  tryNowCount = 0;
  private readonly waiting = new Set<Waiting>();
  private readonly conditional: Waiting[] = [];
  /** The retries that the last `tryNow` started, for a `tryNow` that is repeated with its key. */
  private retriedNow: readonly string[] = [];

  constructor(private readonly op: OperationProgress) {
    const rules = {
      refusal: () => this.refusal(),
      act: ({ by, reason }: Command) => {
        op.audit('tryNow', by, reason);
        this.retriedNow = this.retryNow();
      },
    };
    handleCommandWith(op, tryNowUpdate, rules, (answer) => ({ ...answer, retried: this.retriedNow }));
  }

  /** Adds a pending retry, and returns a function that removes it. */
  add(what: () => string | null, retryNow: () => void = () => undefined): () => void {
    const waiting = { what, retryNow };
    this.waiting.add(waiting);
    return () => void this.waiting.delete(waiting);
  }

  /** Like `add`, for a retry that is pending only while `what` returns a text. */
  addWhen(what: () => string | null, retryNow: () => void): void {
    this.conditional.push({ what, retryNow });
  }

  /** Pauses before a retry. `tryNow` ends the pause. */
  async pause(what: string, ms: number): Promise<void> {
    const before = this.tryNowCount;
    const leave = this.add(() => what);
    try {
      await condition(() => this.tryNowCount !== before, ms);
    } finally {
      leave();
    }
  }

  /** Runs a call that Temporal retries. `tryNow` cancels it between two attempts and schedules it again. */
  async run<T>(what: string, call: () => Promise<T>): Promise<T> {
    for (;;) {
      const before = this.tryNowCount;
      const scope = new CancellationScope();
      const leave = this.add(
        () => what,
        () => scope.cancel(),
      );
      try {
        return await scope.run(call);
      } catch (error) {
        const isRetriedNow = isCancellation(error) && this.tryNowCount !== before;
        if (!isRetriedNow || CancellationScope.current().consideredCancelled) throw error;
      } finally {
        leave();
      }
    }
  }

  /** Shows a failed call and the time of its retry. The time and count of its first failure are kept. */
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

  /** Clears the failed call that progress shows. */
  clear(): void {
    if (this.op.state.progress.retrying !== null) this.op.update({ retrying: null });
  }

  private current(): Waiting[] {
    return [...this.waiting, ...this.conditional].filter(({ what }) => what() !== null);
  }

  private retryNow(): string[] {
    this.tryNowCount += 1;
    const { retrying } = this.op.state.progress;
    if (retrying !== null) this.op.update({ retrying: { ...retrying, nextTryAt: timeNow() } });
    const all = this.current();
    const names = [...new Set(all.flatMap(({ what }) => what() ?? []))];
    for (const { retryNow } of all) retryNow();
    return names;
  }

  private refusal(): string | null {
    const { phase, awaiting } = this.op.state.progress;
    if (this.op.isPaused) return 'it is paused. Resume it first';
    if (this.current().length > 0) return null;
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

/** The facts of a retry without a failed response. */
export function retryError(
  type: RetryError['type'],
  { why, errorCode = null, requestId = null }: { why: string; errorCode?: string | null; requestId?: string | null },
): RetryError {
  return { type, status: null, errorCode, requestId, message: why };
}
