import { pauseBefore } from '../../domain/resource/expectation.js';
import type { Observation, Pace, Verdict, Watch, WatchRules } from '../../domain/resource/observation.js';
import type { CreationTimes } from './creation-times.js';

/** A resource that the run created: what was created, and when the create was sent (epoch milliseconds). */
export interface OwnCreation {
  /** Kind, flavor and size, such as `pool: 2 x modelarts.vm.gpu.t4u8`. */
  readonly like: string;
  readonly sentAt: number;
}

/** The times of the polls while a resource comes into being, learned from earlier creations, which it adds to. */
export class CreationPace<Facts, Goal> {
  #notYetAt: number | null = null;
  #nearlySince: number | null = null;
  #changedAt: number | null = null;
  #facts: Facts | null = null;

  constructor(
    private readonly times: CreationTimes,
    private readonly creation: OwnCreation | undefined,
    private readonly pace: Pace,
    private readonly judge: (facts: Facts | null) => Verdict,
    private readonly rules: Pick<WatchRules<Facts, Goal>, 'isNearlyUsable' | 'stateChanged' | 'countsChanged'>,
    private readonly goal: Goal,
    { last }: Watch<Facts>,
  ) {
    if (last !== null) this.#remember(last, judge(last.facts));
  }

  /** Takes an observation into account, and returns its verdict. */
  add(observation: Observation<Facts>): Verdict {
    const { creation } = this;
    const verdict = this.judge(observation.facts);
    // Only a wait that saw the end of the creation knows when it was.
    if (verdict.condition === 'usable' && creation !== undefined && this.#notYetAt !== null) {
      const [notYetMs, usableMs] = [this.#notYetAt - creation.sentAt, observation.at - creation.sentAt];
      this.times.add(creation.like, { notYetMs, usableMs });
    }
    this.#remember(observation, verdict);
    return verdict;
  }

  #remember({ at, facts }: Observation<Facts>, { condition }: Verdict): void {
    const isPending = condition === 'pending';
    this.#notYetAt = isPending ? at : null;
    const isNearly = isPending && facts !== null && this.rules.isNearlyUsable?.(facts, this.goal) === true;
    this.#nearlySince = isNearly ? (this.#nearlySince ?? at) : null;
    if (facts !== null && this.#facts !== null && this.#isChange(this.#facts, facts)) this.#changedAt = at;
    this.#facts = facts ?? this.#facts;
  }

  #isChange(before: Facts, after: Facts): boolean {
    return this.rules.stateChanged(before, after) || this.rules.countsChanged(before, after);
  }

  /** When the next poll is needed; null for the pace of the watcher. */
  nextPollAt(polledAt: number, now: number): number | null {
    const expectation = this.creation === undefined ? null : this.times.expectation(this.creation.like);
    const sentAt = this.creation?.sentAt ?? null;
    const state = { createdAt: sentAt, nearlySince: this.#nearlySince, changedAt: this.#changedAt };
    const pause = pauseBefore(state, expectation, now, this.pace);
    return pause === null ? null : Math.max(polledAt, sentAt ?? polledAt) + pause;
  }
}
