import type { Client } from '@temporalio/client';
import type { TriedNow } from '../../src/contract/messages.js';
import type { Progress } from '../../src/contract/progress.js';
import { Random } from './random.js';

/** `closed`: the workflow was over before it could answer. */
type Answer = 'accepted' | 'refused' | 'closed';

/** Temporal's answers about a workflow that is not open any more, or that closed before it had read the update. */
const closedAnswers = /not found|already completed|aborted by closing/i;

/** What sending needs of the temporal. */
interface Surroundings {
  readonly client: Client;
  readonly later: (ms: number, send: () => Promise<unknown>) => void;
  readonly problem: (what: string) => void;
}

/**
 * Sends `tryNow`, without a key, or with one and again under it. May come at any moment, so a refusal is right. Draws
 * from a stream of its own.
 */
export class TryNowSender {
  /** How often each answer came. */
  readonly answers = { accepted: 0, refused: 0, closed: 0 };
  private readonly random: Random;
  private readonly seen = new Set<string>();
  private sent = 0;

  constructor(seed: number) {
    this.random = Random.forAxis(seed, 'tryNow');
  }

  /** Sends one at some moment of a pause that the progress has just shown, with a chance. */
  retrySome({ workflowId, retrying }: Progress, share: number, at: Surroundings & { readonly now: number }): void {
    if (retrying === null || share === 0) return;
    const shown = `${workflowId} ${retrying.operation} ${retrying.attempt} ${retrying.since}`;
    if (this.seen.has(shown) || this.sent >= 12) return;
    this.seen.add(shown);
    if (!this.random.chance(share)) return;
    const pauseMs = Math.max(0, Date.parse(retrying.nextTryAt) - at.now);
    this.send(workflowId, at, this.random.between(0, pauseMs));
  }

  send(workflowId: string, { client, later, problem }: Surroundings, afterMs = 0): void {
    const { random } = this;
    this.sent += 1;
    const reason = `try now ${this.sent}`;
    const key = random.chance(0.5) ? reason : null;
    const command = { by: 'chaos', reason, ...(key === null ? {} : { key }) };
    const id = key !== null && random.chance(0.5) ? { updateId: `tryNow ${key}` } : {};
    const ask = async (): Promise<Answer> => {
      try {
        const handle = client.workflow.getHandle(workflowId);
        const { phase } = await handle.executeUpdate<TriedNow, [object]>('tryNow', { args: [command], ...id });
        if (phase === 'Paused' && key === null) problem(`${workflowId} accepted tryNow in a pause`);
        return 'accepted';
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
        if ((cause as { type?: string }).type === 'RequestRejected') return 'refused';
        if (!closedAnswers.test(`${String(error)} ${String(cause)}`))
          problem(`${workflowId} answered tryNow with ${String(error)}: ${String(cause)}`);
        return 'closed';
      }
    };
    const once = async () => {
      const answer = await ask();
      this.answers[answer] += 1;
      return answer;
    };
    // Repeats come together with the first, or after it.
    const together = key !== null && random.chance(0.3);
    const repeats = key === null || together ? [] : [random.between(0, 600_000), random.between(0, 5_000)];
    // Keys outlive a continue-as-new, but a later workflow of the same id has never seen them.
    const firstRun = async () =>
      (await client.workflow.getHandle(workflowId).describe()).raw.workflowExecutionInfo?.firstRunId;
    later(afterMs, async () => {
      const [first = 'closed'] = await Promise.all(together ? [once(), once()] : [once()]);
      if (first !== 'accepted') return;
      const accepted = await firstRun();
      for (const ms of repeats)
        later(ms, async () => {
          if ((await once()) === 'refused' && (await firstRun()) === accepted)
            problem(`${workflowId} refused tryNow that it had accepted under the key ${key}`);
        });
    });
  }
}

/** A `tryNow` that is repeated under its key counts once. */
export function judgeTryNow({ workflowId, audit }: Progress): string[] {
  const reasons = audit.filter(({ verb }) => verb === 'tryNow').map(({ reason }) => reason);
  const twice = reasons.filter((reason, index) => reasons.indexOf(reason) !== index);
  return twice.map((reason) => `${workflowId} took ${reason} twice`);
}
