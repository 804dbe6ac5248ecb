import { setNotebookSale, setSale } from '../flavors/sale.js';
import type { LivingRecord, StageOverride } from '../records.js';
import type { World } from '../world.js';
import type { FateFault, SoldOutAnswer } from './fault.js';

const SECOND = 1000;

/** The resource that a fate falls on, as far as fates need to know it. */
export interface Fated {
  readonly kind: 'pool' | 'notebook';
  /** Flavors that it asks for. */
  readonly flavors: readonly string[];
  /** Nodes that it asks for; 0 for a notebook. */
  readonly nodes: number;
}

/** Leaves the fates in a record: as overrides of its lifecycle, or as a time of invisibility. */
export function attachFates(
  world: World,
  record: LivingRecord,
  fated: Fated,
  plannedOutcomes: readonly FateFault[],
): void {
  for (const fate of plannedOutcomes) {
    if (fate.kind === 'listLag') {
      const until = world.clock.now() + fate.ms;
      for (const where of fate.in ?? ['list', 'show']) record.hidden[where] = until;
    } else {
      record.overrides.unshift(...overridesOf(world, fate, fated));
    }
  }
}

/** Sells out what the fates of this call say is gone when it arrives, and tells how the call is to be answered. */
export function sellOutBefore(
  world: World,
  fated: Fated,
  plannedOutcomes: readonly FateFault[],
): SoldOutAnswer | undefined {
  let answer: SoldOutAnswer | undefined;
  for (const fate of plannedOutcomes) {
    if (fate.kind !== 'soldOut' || fate.when === 'midway') continue;
    sellOut(world, fate, fated);
    answer = fate.answer ?? answer;
  }
  return answer;
}

/** The overrides that one fate means for one resource. */
export function overridesOf(world: World, fate: FateFault, fated: Fated): StageOverride[] {
  const pool = fated.kind === 'pool';
  const track = pool ? 'phase' : 'status';
  switch (fate.kind) {
    case 'listLag':
      return [];
    case 'slowDelete':
      return [{ track, from: pool ? 'Deleting' : 'DELETING', to: 'Gone', afterMs: fate.ms }];
    case 'deleteFails':
      return [{ track, from: pool ? 'Deleting' : 'DELETING', to: pool ? 'Running' : 'STOPPED', left: 1 }];
    case 'soldOut':
      if (fate.when !== 'midway') return [];
      sellOut(world, fate, fated);
      return [capacityFailure(pool, fated.flavors)];
    case 'partialNodes': {
      const left = fate.missing === 'half' ? Math.ceil(fated.nodes / 2) : fate.missing;
      return [
        { track: 'node', from: 'Creating', left },
        { track: 'scaledNode', from: 'Creating', left },
      ];
    }
    case 'stuck':
      if (fate.forMs === undefined) return [{ track, from: fate.phase }];
      return [{ track, from: fate.phase, to: afterStuck(fate.phase), afterMs: fate.forMs, left: 1 }];
    case 'creationFailed':
      return [
        { track, from: 'Creating', to: 'CreationFailed', share: 0.5, message: fate.message ?? 'creation failed' },
      ];
    case 'scalingFailed': {
      const message = fate.message ?? 'scaling failed';
      return [{ track, from: 'Running', to: 'ScalingFailed', afterMs: world.times.poolScale * 0.4, message, left: 1 }];
    }
    case 'abnormal': {
      const to = fate.phase ?? 'Abnormal';
      const turn = {
        track,
        from: 'Running',
        to,
        afterMs: fate.afterMs ?? SECOND,
        message: 'a node is abnormal',
        left: 1,
      };
      if (fate.recoverAfterMs === undefined) return [turn];
      return [turn, { track, from: to, to: 'Running', afterMs: fate.recoverAfterMs, left: 1 }];
    }
    case 'scopeFailed': {
      const message = fate.message ?? 'the scope cannot be enabled';
      const key = fate.scope === undefined ? {} : { key: fate.scope };
      return [{ track: 'scope', ...key, from: 'Enabling', to: 'EnableFailed', message, left: 1 }];
    }
    case 'driverFlap': {
      const left = fate.rounds ?? 1;
      return [{ track: 'driver', from: 'Running', to: 'Upgrading', afterMs: fate.everyMs ?? 10 * SECOND, left }];
    }
    case 'notebookFailed': {
      const code = fate.code ?? 'ModelArts.6360';
      const message = fate.message ?? 'Failed to start the notebook due to insufficient background resources.';
      return [
        { track, from: 'CREATING', to: 'CREATE_FAILED', code, message, left: 1 },
        { track, from: 'STARTING', to: 'START_FAILED', code, message, left: 1 },
      ];
    }
    case 'notebookUnavailable': {
      const turn = { track, from: 'RUNNING', to: 'UNAVAILABLE', afterMs: fate.afterMs ?? SECOND, left: 1 };
      if (fate.recoverAfterMs === undefined) return [turn];
      return [turn, { track, from: 'UNAVAILABLE', to: 'RUNNING', afterMs: fate.recoverAfterMs, left: 1 }];
    }
  }
}

/** Where a resource goes that was stuck: what was going away goes, anything else has failed. */
function afterStuck(phase: string): string {
  if (/^deleting$/i.test(phase)) return 'Gone';
  if (phase === 'STOPPING') return 'STOPPED';
  return phase === 'Creating' ? 'CreationFailed' : phase === 'CREATING' ? 'CREATE_FAILED' : 'START_FAILED';
}

/** How a creation ends for which the capacity is not there. */
export function capacityFailure(pool: boolean, flavors: readonly string[]): StageOverride {
  const what = flavors.join(', ');
  return pool
    ? { track: 'phase', from: 'Creating', to: 'CreationFailed', share: 0.5, message: `flavor ${what} is sold out` }
    : {
        track: 'status',
        from: 'CREATING',
        to: 'CREATE_FAILED',
        code: 'ModelArts.6360',
        message: `Failed to start the notebook due to insufficient background resources: ${what}.`,
      };
}

function sellOut(world: World, fate: FateFault & { readonly kind: 'soldOut' }, fated: Fated): void {
  for (const flavor of fate.flavor === undefined ? fated.flavors : [fate.flavor]) {
    if (fated.kind === 'pool') setSale(world, flavor, 'soldout', fate.az, fate.forMs);
    else setNotebookSale(world, flavor, 'soldOut', fate.forMs);
  }
}
