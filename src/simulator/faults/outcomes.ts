import { setFlavorStatus, setNotebookFlavorStatus } from '../flavors/availability.js';
import type { LivingRecord, PoolResource, TransitionOverride } from '../records.js';
import type { Call, World } from '../world.js';
import type { OutcomeFault, SoldOutResponse } from './fault.js';

const SECOND = 1000;

/** The resource that an outcome applies to. */
export interface AffectedResource {
  readonly kind: 'pool' | 'notebook' | 'currentNotebook';
  /** The requested flavors. */
  readonly flavors: readonly string[];
  /** The number of requested nodes; 0 for a notebook. */
  readonly nodes: number;
}

export function affectedPool(resources: readonly PoolResource[], nodes: number): AffectedResource {
  return { kind: 'pool', flavors: resources.map(({ flavor }) => flavor), nodes };
}

export function affectedNotebook(flavor: string): AffectedResource {
  return { kind: 'notebook', flavors: [flavor], nodes: 0 };
}

export function affectedCurrentNotebook(flavor: string): AffectedResource {
  return { kind: 'currentNotebook', flavors: [flavor], nodes: 0 };
}

/** Stores the planned outcomes in a record, as overrides of its lifecycle or as a time of invisibility. */
export function applyOutcomes(
  world: World,
  record: LivingRecord,
  affected: AffectedResource,
  outcomes: readonly OutcomeFault[],
): void {
  for (const outcome of outcomes) {
    if (outcome.kind === 'listLag') {
      const until = world.clock.now() + outcome.ms;
      for (const where of outcome.in ?? ['list', 'show']) record.hidden[where] = until;
    } else {
      record.overrides.unshift(...overridesOf(world, outcome, affected));
    }
  }
}

/** Marks flavors as sold out before the call takes effect. Returns how the call must end, if a fault decides it. */
export function applySoldOutFaults(
  world: World,
  affected: AffectedResource,
  outcomes: readonly OutcomeFault[],
): SoldOutResponse | undefined {
  let result: SoldOutResponse | undefined;
  for (const outcome of outcomes) {
    if (outcome.kind !== 'soldOut' || outcome.when === 'midway') continue;
    sellOut(world, outcome, affected);
    result = outcome.answer ?? result;
  }
  return result;
}

/** The lifecycle overrides of one outcome for one resource. */
function overridesOf(world: World, outcome: OutcomeFault, affected: AffectedResource): TransitionOverride[] {
  const pool = affected.kind === 'pool';
  const track = pool ? 'phase' : 'status';
  switch (outcome.kind) {
    case 'listLag':
      return [];
    case 'slowDelete':
      return [{ track, from: pool ? 'Deleting' : 'DELETING', to: 'Gone', afterMs: outcome.ms }];
    case 'deleteFails':
      return [{ track, from: pool ? 'Deleting' : 'DELETING', to: afterFailedDelete[affected.kind], left: 1 }];
    case 'soldOut':
      if (outcome.when !== 'midway') return [];
      sellOut(world, outcome, affected);
      return [capacityFailure(affected)];
    case 'partialNodes': {
      const left = outcome.missing === 'half' ? Math.ceil(affected.nodes / 2) : outcome.missing;
      return [
        { track: 'node', from: 'Creating', left },
        { track: 'scaledNode', from: 'Creating', left },
      ];
    }
    case 'stuck':
      if (outcome.forMs === undefined) return [{ track, from: outcome.phase }];
      return [{ track, from: outcome.phase, to: afterStuck(outcome.phase), afterMs: outcome.forMs, left: 1 }];
    case 'creationFailed':
      return [
        { track, from: 'Creating', to: 'CreationFailed', share: 0.5, message: outcome.message ?? 'creation failed' },
      ];
    case 'scalingFailed':
      return [scalingFailure(world, outcome.message ?? 'scaling failed')];
    case 'abnormal': {
      const to = outcome.phase ?? 'Abnormal';
      const turn = {
        track,
        from: 'Running',
        to,
        afterMs: outcome.afterMs ?? SECOND,
        message: 'a node is abnormal',
        left: 1,
      };
      if (outcome.recoverAfterMs === undefined) return [turn];
      return [turn, { track, from: to, to: 'Running', afterMs: outcome.recoverAfterMs, left: 1 }];
    }
    case 'scopeFailed': {
      const message = outcome.message ?? 'the scope cannot be enabled';
      const key = outcome.scope === undefined ? {} : { key: outcome.scope };
      return [{ track: 'scope', ...key, from: 'Enabling', to: 'EnableFailed', message, left: 1 }];
    }
    case 'driverFlap': {
      const left = outcome.rounds ?? 1;
      return [{ track: 'driver', from: 'Running', to: 'Upgrading', afterMs: outcome.everyMs ?? 10 * SECOND, left }];
    }
    case 'notebookFailed': {
      const code = outcome.code ?? 'ModelArts.6360';
      const message = outcome.message ?? 'Failed to start the notebook due to insufficient background resources.';
      return [
        { track, from: 'CREATING', to: 'CREATE_FAILED', code, message, left: 1 },
        { track, from: 'STARTING', to: 'START_FAILED', code, message, left: 1 },
        { track: 'mount', from: 'MOUNTING', to: 'MOUNT_FAILED', code, message, left: 1 },
      ];
    }
    case 'notebookUnavailable': {
      const to = affected.kind === 'currentNotebook' ? 'ERROR' : 'UNAVAILABLE';
      const turn = { track, from: 'RUNNING', to, afterMs: outcome.afterMs ?? SECOND, left: 1 };
      if (outcome.recoverAfterMs === undefined) return [turn];
      return [turn, { track, from: to, to: 'RUNNING', afterMs: outcome.recoverAfterMs, left: 1 }];
    }
  }
}

/** The state after a deletion that was accepted and failed. */
const afterFailedDelete = { pool: 'Running', notebook: 'STOPPED', currentNotebook: 'DELETE_FAILED' } as const;

/** The state after `stuck`: a deletion, stop or snapshot completes, and anything else fails. */
function afterStuck(phase: string): string {
  if (/^deleting$/i.test(phase)) return 'Gone';
  if (phase === 'STOPPING') return 'STOPPED';
  if (phase === 'SNAPSHOTTING') return 'RUNNING';
  return phase === 'Creating' ? 'CreationFailed' : phase === 'CREATING' ? 'CREATE_FAILED' : 'START_FAILED';
}

/** The failure of a scaling. */
export function scalingFailure(world: World, message: string): TransitionOverride {
  const afterMs = world.durations.poolScale * 0.4;
  return { track: 'phase', from: 'Running', to: 'ScalingFailed', afterMs, message, left: 1 };
}

/** The failure of a creation without capacity. */
export function capacityFailure({ kind, flavors }: AffectedResource): TransitionOverride {
  const what = flavors.join(', ');
  return kind === 'pool'
    ? { track: 'phase', from: 'Creating', to: 'CreationFailed', share: 0.5, message: `flavor ${what} is sold out` }
    : {
        track: 'status',
        from: 'CREATING',
        to: 'CREATE_FAILED',
        code: 'ModelArts.6360',
        message: `Failed to start the notebook due to insufficient background resources: ${what}.`,
      };
}

function sellOut(world: World, outcome: OutcomeFault & { readonly kind: 'soldOut' }, affected: AffectedResource): void {
  for (const flavor of outcome.flavor === undefined ? affected.flavors : [outcome.flavor]) {
    if (affected.kind === 'pool') setFlavorStatus(world, flavor, 'soldout', outcome.az, outcome.forMs);
    else setNotebookFlavorStatus(world, flavor, 'soldOut', outcome.forMs);
  }
}

/** The milliseconds for which a read does not show what is new: by a knob, or by a `listLag` fault on the read. */
export function lagOf(call: Call, usual = 0): number {
  return Math.max(usual, ...call.takeOutcomes().map((fault) => (fault.kind === 'listLag' ? fault.ms : 0)));
}
