import type { ApplicationFailure } from '@temporalio/workflow';
import type { UseQuestion } from '../../activities/resource/pool-use.js';
import { makeFailure } from '../../contract/failures.js';
import type { AuditEntry, LeaseProgress } from '../../contract/progress.js';
import {
  type EnvironmentResources,
  type LeaseEvent,
  type LeaseInput,
  mergeResources,
  noResources,
} from '../../contract/workflows.js';
import { addToAudit } from '../../domain/audit-trail.js';
import { isSigned } from '../../domain/command.js';
import type { Grant } from '../../domain/lease/grant.js';
import { type LeaseTerm, type RemovalCause, resumeTerm, startTerm } from '../../domain/lease/lease.js';
import type { RefusedRemoval } from '../../domain/lease/steps.js';
import type { LeasedObservation } from '../../domain/provision/repeated-create.js';
import type { PoolUse } from '../../domain/resource/pool-use.js';
import { isoTime } from '../../domain/rfc3339.js';
import { isName, leaseLimit, resourcesLimit, tooLarge } from '../../domain/text.js';
import { invalidName } from '../operation/failure.js';
import type { Operation } from '../operation/operation.js';
import { newState, type OperationState, timeNow } from '../operation/state.js';
import { usedPool } from '../resource/pool-in-use.js';

/** State of a lease, carried over continue-as-new. */
export interface LeaseState extends OperationState {
  resources: EnvironmentResources;
  /** Why the resources are being removed. Carried over continue-as-new, so that a removal continues. */
  removalCause: RemovalCause | null;
  /** Null when the lease has no end. */
  term: LeaseTerm | null;
  /** The last removal that was refused. It is retried. */
  refused: RefusedRemoval | null;
  /** True when a resource lost its protection since the last removal was refused: retry now. */
  protectionChanged: boolean;
  backgroundTasks: BackgroundTasks;
  /** True from the first DELETE of a removal until the removal is refused. Absent in states of an earlier version. */
  isRemovalStarted?: boolean;
  /** Set while jobs keep the pool after the end of the lease. Absent in states of an earlier version. */
  draining?: Draining | null;
  /**
   * The last observation of the owned resources, on which a repeated create relies. Absent before the first one, and in
   * states of an earlier version.
   */
  observed?: LeasedObservation | null;
}

/** A pool that its jobs keep, or whose jobs cannot be read. */
interface Draining {
  /** When the pool was first kept (epoch ms). */
  readonly since: number;
  /** When jobs were first seen (epoch ms); absent while they could not be read. */
  readonly seenAt?: number;
  readonly use: PoolUse;
  /** Time of the last warning (epoch ms). */
  readonly warnedAt: number | null;
  /** True once our own notebooks were stopped. */
  readonly areStopped: boolean;
}

/** Pending work of the background tasks. */
export interface BackgroundTasks {
  /** Events that were not delivered yet. */
  readonly undelivered: readonly LeaseEvent[];
  /** The `auto_stop` to set on the notebook, in milliseconds; null when there is nothing to set. */
  readonly autoStopMs: number | null;
  /** When to observe the notebook again, after its automatic stop (epoch ms). */
  readonly lookAt: number | null;
  /** The run time of a running notebook of the current API; null or absent without one. */
  readonly runTime?: RunTime | null;
  /** Id of the notebook whose tags are set. */
  readonly tagged?: string;
}

/** The run time of a notebook of the current API, as last known. */
export interface RunTime {
  /** Null without an automatic stop. */
  readonly grant: Grant | null;
  /** Epoch milliseconds of the last attempt to renew it. */
  readonly triedAt: number | null;
}

const noBackgroundTasks: BackgroundTasks = { undelivered: [], autoStopMs: null, lookAt: null };
const noEnd: LeaseProgress = { endsAt: null, maxEndsAt: null, extensions: 0 };

/** The first state of a lease. Its end counts from here; a later join does not move it. */
export function firstLeaseState(input: LeaseInput): LeaseState {
  const name = isName(input?.name) ? input.name : '';
  const value = input?.resources;
  const resources = mergeResources(noResources, { ...noResources, ...(areResources(value) ? value : {}) });
  const spec = input?.spec ?? null;
  const term = firstTerm(input, Date.now());
  const state = newState(name, [], 'Leased');
  return {
    ...state,
    progress: { ...state.progress, lease: shownTerm(term), audit: adoptionOf(input) },
    resources,
    removalCause: null,
    term,
    refused: null,
    protectionChanged: false,
    backgroundTasks: noBackgroundTasks,
    spec,
  };
}

/** Why the argument of a lease is invalid; null when it is valid. Raw JSON can start a lease too. */
export function problemOfLease(input: LeaseInput): ApplicationFailure | null {
  const large = tooLarge(input, leaseLimit);
  if (large !== null) return makeFailure('InvalidSpec', `the argument: ${large}`);
  if (!isName(input?.name)) return invalidName();
  const { resources } = input;
  if (resources == null || areResources(resources)) return null;
  return makeFailure('InvalidSpec', 'resources: must be a list of resources, and not too large');
}

/**
 * Whether raw JSON is a list of resources of bounded size. A handler that throws, or a query result that is too large,
 * would block the lease forever.
 */
export function areResources(value: Partial<EnvironmentResources> | null | undefined): boolean {
  if (typeof value !== 'object' || value === null || tooLarge(value, resourcesLimit) !== null) return false;
  const { pool, notebooks = [], workspaceIds = [], removed = [] } = value;
  const areRefs = [...(pool == null ? [] : [pool]), ...[notebooks, removed].flat()].every(isRef);
  return areRefs && [notebooks, workspaceIds, removed].every(Array.isArray);
}

function isRef(ref: unknown): boolean {
  return typeof ref === 'object' && ref !== null && 'id' in ref && typeof ref.id === 'string';
}

/** The audit entry of an adoption. No message to this run contains it. */
function adoptionOf(input: LeaseInput): AuditEntry[] {
  const adopted = input?.adopted;
  // Raw JSON can start a lease too.
  if (adopted == null || !isSigned(adopted)) return [];
  return [...addToAudit([], { at: timeNow(), by: adopted.by, verb: 'adopt', reason: adopted.reason }).audit];
}

function firstTerm(input: LeaseInput, now: number): LeaseTerm | null {
  const times = input?.spec?.lease;
  if (times === undefined) return null;
  return (input.lease && resumeTerm(times, input.lease, now)) ?? startTerm(times, now);
}

/** A term as progress shows it. */
export function shownTerm(term: LeaseTerm | null): LeaseProgress {
  if (term === null) return noEnd;
  const { endsAt, maxEndsAt, extensions } = term;
  return { endsAt: isoTime(endsAt), maxEndsAt: isoTime(maxEndsAt), extensions };
}

/** One line about the state of an open lease. */
export function whyLeased(state: LeaseState): string {
  const { progress, term, refused, paused, removalCause } = state;
  const { name } = progress;
  const stops = whenItStops(state);
  const held = paused === null ? '' : ', its teardown is paused';
  if (removalCause !== null) return `${name} is ${removalCause}${held}: \`maops env resume ${name} --reason …\``;
  if (refused !== null && refused.cause !== 'expired') {
    const next =
      paused === null ? `trying again at ${isoTime(refused.until)}` : `\`maops env resume ${name} --reason …\``;
    return `${name} was ${refused.cause}, but ${refused.why}${held}; ${next}${stops}`;
  }
  if (term === null)
    return `${name} is in use; it has no end, release it with \`maops env release ${name} --reason …\`${stops}`;
  const end = isoTime(term.endsAt);
  if (Date.now() < term.endsAt)
    return `${name} is in use until ${end}, at most until ${isoTime(term.maxEndsAt)}${held}${stops}`;
  if (paused !== null) return `${name} ended at ${end}${held}: \`maops env resume ${name} --reason …\`${stops}`;
  if (refused === null) return `${name} ended at ${end}`;
  return `${name} ended at ${end}, but ${refused.why}; trying again at ${isoTime(refused.until)}${stops}`;
}

/** The notebook's auto-stop as last observed. It happens even when no worker runs. */
export function whenItStops({ progress, spec }: LeaseState): string {
  const at = progress.notebook?.autoStopAt ?? null;
  if (at === null || Date.parse(at) <= Date.now()) return '';
  return `; notebook ${spec?.notebook?.name ?? progress.name} stops automatically at ${at}`;
}

/** The leased pool, as its jobs are read; null without a pool. */
export function leasedPool({ state, identity }: Operation<LeaseState>): UseQuestion | null {
  return usedPool(state.progress.name, identity.owners, state.resources);
}
