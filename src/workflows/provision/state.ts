import { sleep } from '@temporalio/workflow';
import type { FailureProgress, StepName } from '../../contract/progress.js';
import type { Spec } from '../../contract/spec.js';
import type { EnvironmentResources, ResourceRef } from '../../contract/workflows.js';
import { parseDuration } from '../../domain/duration.js';
import type { LastCreate } from '../../domain/provision/create.js';
import { sameResource } from '../../domain/resource/identity.js';
import type { MarkerOwnership } from '../../domain/resource/marker.js';
import type { NotebookFacts } from '../../domain/resource/notebook.js';
import { freshWatch, type Watch } from '../../domain/resource/observation.js';
import type { PoolFacts } from '../../domain/resource/pool.js';
import { type Stopwatch, startStopwatch } from '../../domain/stopwatch.js';
import { creates, reads, waits } from '../operation/activity-proxies.js';
import type { CapacityRefusal } from '../operation/deadline.js';
import { Operation } from '../operation/operation.js';
import type { OperationState } from '../operation/state.js';

/** What a step knows of the resource that it makes. */
export interface Making {
  /** What the step goes on with; null while it is looked for. */
  readonly ref: ResourceRef | null;
  /**
   * The last one that was made or adopted, until it is gone: ours even when its marker is lost. Absent in what a run of an
   * earlier version has carried over.
   */
  readonly known?: ResourceRef | null;
  readonly lastCreate: LastCreate;
  /** Index of the flavor choice that is being tried. */
  readonly choice: number;
  /** Creates without success for want of capacity, in a row: refused, or accepted and then failed. */
  readonly refusals: number;
  /** The last of them; null when the last create was not refused for that. */
  readonly refusal: CapacityRefusal | null;
  /** True when the resource must be removed on the way back; set before it can exist. */
  readonly undo: boolean;
  /** True while what an earlier try left is being removed, so that a continued run goes on with that. */
  readonly cleaning: boolean;
  /** Single resources that are still to be removed, so that a continued run goes on with that. Absent in what an earlier version has carried over. */
  readonly clearing?: readonly ResourceRef[];
  /** What a lease owned when this run began: there, whether or not lists show it. Absent in what an earlier version has carried over. */
  readonly leased?: readonly ResourceRef[];
  /**
   * Why the present choice is being left, while what it made is cleaned up, so that a continued run turns to the next one.
   * Absent in what an earlier version has carried over.
   */
  readonly leaving?: CapacityRefusal | null;
}

export type Ending =
  | { readonly why: 'cancelled'; readonly keep: boolean }
  | { readonly why: 'failed'; readonly failure: FailureProgress; readonly keep: boolean }
  | { readonly why: 'rejected'; readonly failure: FailureProgress; readonly keep: boolean }
  | { readonly why: 'abandoned' };

/** State of the operations that make something: the shared part and what each step and the way back need. */
export interface ProvisionState extends OperationState {
  /** This operation's workflow id, hashed. */
  owner: string;
  /** Hashes of the specs that were in force, the present one last. */
  specs: readonly string[];
  clocks: { readonly pool: Stopwatch; readonly notebook: Stopwatch; readonly capacity: Stopwatch };
  making: { readonly pool: Making; readonly notebook: Making };
  /** What was seen so far: since when something is usable or unhealthy outlives a worker and a continue-as-new. */
  watches: { readonly pool: Watch<PoolFacts>; readonly notebook: Watch<NotebookFacts> };
  /** Workspaces other than the default that were in use by any spec of this run. */
  workspaceIds: readonly string[];
  approved: boolean;
  /** What an earlier run had left and this one has removed: a lease that owned it must hear of it. */
  cleared: readonly ResourceRef[];
  /** True once the way back has begun. */
  rollingBack: boolean;
  /** Set when the way back begins, so that a continued run goes on with it. */
  ending: Ending | null;
}

export const nothingMade: Making = {
  ref: null,
  known: null,
  lastCreate: { outcome: 'none' },
  choice: 0,
  refusals: 0,
  refusal: null,
  undo: false,
  cleaning: false,
  leaving: null,
};
/**
 * A create that was answered and whose resource was not seen yet. Lists and shows lag behind, so until it is seen its
 * absence is believed no sooner than after an unanswered create.
 */
export function madeUnseen(sentAt: number): LastCreate {
  return { outcome: 'unknown', sentAt, since: Date.now(), why: 'it was made and not seen yet' };
}

const unset = startStopwatch(0);
export const unsetClocks = { pool: unset, notebook: unset, capacity: unset };

/** An operation that makes a pool, a notebook or both: what its steps share. */
export class Provision extends Operation<ProvisionState> {
  get us(): MarkerOwnership {
    return { installation: this.identity.installation, owner: this.state.owner, specs: this.state.specs };
  }

  reads(summary: string) {
    return reads(this.identity.settings, summary);
  }

  waits(summary: string) {
    return waits(this.identity.settings, summary);
  }

  creates(summary: string) {
    return creates(this.identity.settings, summary);
  }

  /** What of this run may be alive. */
  get owned(): EnvironmentResources {
    const { pool, notebook } = this.state.making;
    const unknown = [pool, notebook].flatMap(({ lastCreate }) =>
      lastCreate.outcome === 'unknown' ? [lastCreate.since] : [],
    );
    const { cleared } = this.state;
    return {
      pool: pool.known ?? pool.ref,
      notebooks: [notebook.known ?? notebook.ref].filter((ref) => ref !== null),
      workspaceIds: this.state.workspaceIds,
      unknownSince: unknown.length === 0 ? null : Math.max(...unknown),
      ...(cleared.length === 0 ? {} : { removed: cleared }),
    };
  }

  /** Takes a checked spec over; the hashes and workspaces of earlier ones stay valid for what was made from them. */
  takeSpec(spec: Spec, hash: string): void {
    const workspaces = [spec.pool?.workspaceId, spec.notebook?.workspaceId].filter((id) => id !== undefined);
    this.state.spec = spec;
    this.state.specs = [...this.state.specs, hash];
    this.state.workspaceIds = [...new Set([...this.state.workspaceIds, ...workspaces])];
  }

  /** Notes that something of an earlier run is being removed. */
  clear({ id, createdAt }: ResourceRef): void {
    const ref = { id, createdAt };
    this.state.cleared = [...this.state.cleared.filter((one) => sameResource(one, ref) !== 'same').slice(-99), ref];
  }

  setMaking(step: 'pool' | 'notebook', change: Partial<Making>): void {
    const making = { ...this.state.making[step], ...change };
    const known = making.ref ?? making.known ?? null;
    this.state.making = { ...this.state.making, [step]: { ...making, known } };
  }

  setWatches(change: Partial<ProvisionState['watches']>): void {
    this.state.watches = { ...this.state.watches, ...change };
  }

  resetWatch(step: 'pool' | 'notebook'): void {
    this.setWatches({ [step]: freshWatch });
  }

  /** Starts the clocks of a step anew: at its first start, and when an operator asks for a retry. */
  resetClocks(step: StepName): void {
    const { deadlines } = this.spec;
    const fresh = (text: string) => startStopwatch(parseDuration(text) ?? 0);
    const capacity = fresh(deadlines.capacity);
    if (step === 'pool') this.state.clocks = { ...this.state.clocks, pool: fresh(deadlines.pool), capacity };
    if (step === 'notebook')
      this.state.clocks = { ...this.state.clocks, notebook: fresh(deadlines.notebook), capacity };
  }

  /**
   * Starts a step again at an operator's word: clocks, sightings, flavor choice and refused creates count from here. Only what may
   * be alive is remembered, and a create whose outcome is unknown. The resource is looked for, because it may be gone by now.
   */
  tryAgain(step: 'pool' | 'notebook'): void {
    this.startStep(step);
    this.resetClocks(step);
    this.resetWatch(step);
    this.setMaking(step, { ref: null, choice: 0, refusals: 0, refusal: null, leaving: null });
  }

  /** Gives a clock that has nearly run out some more time: what was usable and is not any more may heal. */
  leaveAtLeast(clock: keyof ProvisionState['clocks'], ms: number): void {
    const { limitMs, spentMs } = this.state.clocks[clock];
    const left = { limitMs: Math.max(limitMs, spentMs + ms), spentMs };
    this.state.clocks = { ...this.state.clocks, [clock]: left };
  }

  /**
   * Pauses before the next try, on one of the step's clocks. `tryNow` ends the pause. False means that the deadline has
   * passed.
   */
  async pauseWithin(clock: keyof ProvisionState['clocks'], ms: number): Promise<boolean> {
    for (;;) {
      const { hurries } = this.retries;
      const result = await this.waitWithin(this.state.clocks[clock], () => sleep(ms));
      this.state.clocks = { ...this.state.clocks, [clock]: result.watch };
      if (result.end === 'answer' || this.retries.hurries !== hurries) return true;
      if (result.end === 'deadline') return false;
    }
  }

  /**
   * Waits for an answer on one of the step's clocks. A pause or an operator's word only breaks the wait: it starts again
   * behind the gate. Null means that the deadline has passed.
   */
  async within<T>(clock: keyof ProvisionState['clocks'], wait: () => Promise<T>): Promise<{ answer: T } | null> {
    for (;;) {
      const result = await this.waitWithin(this.state.clocks[clock], wait);
      this.state.clocks = { ...this.state.clocks, [clock]: result.watch };
      if (result.end === 'answer') return { answer: result.answer };
      if (result.end === 'deadline') return null;
    }
  }
}

/** The service derives a pool's id from its name and the project (docs/api/pools-and-flavors.md "1. Shape of the API"). */
export function poolIdOf(op: Provision): string {
  return `${op.spec.name}-${op.identity.projectId}`;
}

/** When the patience for capacity ends if nothing pauses the run. */
export function capacityDeadline(op: Provision): string {
  const { limitMs, spentMs } = op.state.clocks.capacity;
  return new Date(Date.now() + limitMs - spentMs).toISOString();
}
