import { sleep } from '@temporalio/workflow';
import type { FailureProgress, ResourceStep } from '../../contract/progress.js';
import type { Spec } from '../../contract/spec.js';
import type { EnvironmentResources, ResourceRef } from '../../contract/workflows.js';
import { parseDuration } from '../../domain/duration.js';
import type { Ending as EndingOf } from '../../domain/provision/ending.js';
import { newResource, type ResourceState, withChange, withCleared } from '../../domain/provision/resource-state.js';
import type { KnownSale } from '../../domain/resource/flavor.js';
import type { KnownImage } from '../../domain/resource/image.js';
import type { MarkerOwnership } from '../../domain/resource/marker.js';
import { freshWatch } from '../../domain/resource/observation.js';
import { type Stopwatch, startStopwatch } from '../../domain/stopwatch.js';
import { creates, reads, waits } from '../operation/activity-proxies.js';
import { Operation } from '../operation/operation.js';
import type { OperationState } from '../operation/state.js';
import type { CreateOrder } from '../resource/kind.js';

export type Ending = EndingOf<FailureProgress>;

/** State of the operations that create resources: the shared part, each resource, and the rollback. */
export interface ProvisionState extends OperationState {
  /** This operation's workflow id, hashed. */
  owner: string;
  /** Hashes of the specs that were in force, the present one last. */
  specs: readonly string[];
  resources: Readonly<Record<ResourceStep, ResourceState>>;
  /** Workspaces other than the default that were in use by any spec of this run. */
  workspaceIds: readonly string[];
  approved: boolean;
  /** What the first step read about its flavors; null once it was used. Absent in states of an earlier version. */
  sale?: KnownSale | null;
  /** The image that the first step found. */
  image?: KnownImage;
  /** Resources of earlier runs that this one has removed. A lease that owned them must be informed. */
  cleared: readonly ResourceRef[];
  /** True once the rollback has begun. */
  rollingBack: boolean;
  /** Set when the operation begins to end, so that a continued run continues with that. */
  ending: Ending | null;
}

export const newResources: ProvisionState['resources'] = { pool: newResource, notebook: newResource };

/** The clocks of a resource: one for the deadline of its step, one for `deadlines.capacity`. */
export type Clock = 'clock' | 'capacityClock';

/** An operation that creates resources: the state and the waits that its steps share. */
export class Provision extends Operation<ProvisionState> {
  get us(): MarkerOwnership {
    return { installation: this.identity.installation, owner: this.state.owner, specs: this.state.specs };
  }

  reads(summary: string, limitMs?: number) {
    return reads(this.identity.settings, summary, limitMs);
  }

  waits(summary: string, limitMs?: number) {
    return waits(this.identity.settings, summary, limitMs);
  }

  creates(summary: string) {
    return creates(this.identity.settings, summary);
  }

  /** The resources of this run that may exist. */
  get owned(): EnvironmentResources {
    const { pool, notebook } = this.state.resources;
    const unknown = Object.values(this.state.resources).flatMap(({ lastCreate }) =>
      lastCreate.outcome === 'none' ? [] : [lastCreate.since],
    );
    const { cleared } = this.state;
    return {
      pool: pool.known,
      notebooks: notebook.known === null ? [] : [notebook.known],
      workspaceIds: this.state.workspaceIds,
      unknownSince: unknown.length === 0 ? null : Math.max(...unknown),
      ...(cleared.length === 0 ? {} : { removed: cleared }),
    };
  }

  /** Adopts a checked spec. The hashes and workspaces of earlier specs stay valid for what was created from them. */
  takeSpec(spec: Spec, hash: string): void {
    const workspaces = [spec.pool?.workspaceId, spec.notebook?.workspaceId].filter((id) => id !== undefined);
    this.state.spec = spec;
    this.state.specs = [...this.state.specs, hash];
    this.state.workspaceIds = [...new Set([...this.state.workspaceIds, ...workspaces])];
  }

  /** Records that a resource of an earlier run is being removed. */
  clear(ref: ResourceRef): void {
    this.state.cleared = withCleared(this.state.cleared, ref);
  }

  /** Records that such a resource stays after all, so that its lease does not forget it. */
  unclear(id: string): void {
    this.state.cleared = this.state.cleared.filter((ref) => ref.id !== id);
  }

  createOrder(step: ResourceStep): CreateOrder {
    const image = this.state.image ?? null;
    return { spec: this.spec, identity: this.identity, owner: this.us, state: this.resource(step), image };
  }

  resource(step: ResourceStep): ResourceState {
    return this.state.resources[step];
  }

  setResource(step: ResourceStep, change: Partial<ResourceState>): void {
    this.state.resources = { ...this.state.resources, [step]: withChange(this.resource(step), change) };
  }

  /** Restarts the clocks of a step: at its first start, and when an operator asks for a retry. */
  resetClocks(step: ResourceStep): void {
    const { deadlines } = this.spec;
    const fresh = (text: string) => startStopwatch(parseDuration(text) ?? 0);
    this.setResource(step, { clock: fresh(deadlines[step]), capacityClock: fresh(deadlines.capacity) });
  }

  /**
   * Starts a step again for an operator: clocks, observations, flavor choice and refused creates count from here. Only
   * what may exist is remembered, and a create with an unknown outcome. The resource is searched for, because it may be
   * gone by now.
   */
  tryAgain(step: ResourceStep): void {
    this.startStep(step);
    this.resetClocks(step);
    this.setResource(step, { watch: freshWatch, ref: null, choice: 0, refusals: 0, refusal: null, leaving: null });
  }

  /** Gives a clock that has nearly run out some more time: a resource that is not usable any more may heal. */
  ensureTimeLeft(step: ResourceStep, ms: number): void {
    const { limitMs, spentMs } = this.resource(step).clock;
    this.setResource(step, { clock: { limitMs: Math.max(limitMs, spentMs + ms), spentMs } });
  }

  /**
   * Pauses before the next attempt, on one of the step's clocks. `tryNow` ends the pause. False means that the deadline
   * has passed.
   */
  async pauseWithin(step: ResourceStep, ms: number, clock: Clock = 'clock'): Promise<boolean> {
    for (;;) {
      const { tryNowCount } = this.retries;
      const result = await this.waitWithin(this.resource(step)[clock], () => sleep(ms));
      this.setResource(step, { [clock]: result.watch });
      if (result.end === 'answer' || this.retries.tryNowCount !== tryNowCount) return true;
      if (result.end === 'deadline') return false;
    }
  }

  /**
   * Waits for an answer on one of the step's clocks. `call` gives its activities the limit in milliseconds. A pause or
   * a command only interrupts the wait: it starts again behind the gate. Null means that the deadline has passed.
   */
  async within<T>(
    step: ResourceStep,
    call: (limitMs: number) => Promise<T>,
    clock: Clock = 'clock',
  ): Promise<{ answer: T } | null> {
    for (;;) {
      const result = await this.callWithin(this.resource(step)[clock], call);
      this.setResource(step, { [clock]: result.watch });
      if (result.end === 'answer') return { answer: result.answer };
      if (result.end === 'deadline') return null;
    }
  }

  /** Like `within`, on a limit that no clock of the step counts. */
  async withinLimit<T>(limit: Stopwatch, call: (limitMs: number) => Promise<T>): Promise<{ answer: T } | null> {
    for (let watch = limit; ; ) {
      const result = await this.callWithin(watch, call);
      watch = result.watch;
      if (result.end === 'answer') return { answer: result.answer };
      if (result.end === 'deadline') return null;
    }
  }
}
