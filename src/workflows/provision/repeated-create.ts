import { isCancellation } from '@temporalio/workflow';
import type { Leased } from '../../activities/lease/transfer.js';
import { goalOf, poolChoices } from '../../domain/provision/pool-choices.js';
import {
  judgeObservation,
  type LeasedObservation,
  mayRepeat,
  type WantedEnvironment,
} from '../../domain/provision/repeated-create.js';
import { choiceAt } from '../../domain/resource/flavor.js';
import { attempts } from '../operation/activity-proxies.js';
import { isFailure } from '../operation/failure.js';
import { showNotebook } from '../resource/await-notebook.js';
import { showPoolFacts } from '../resource/await-pool.js';
import { type Provision, poolIdOf } from './state.js';

/**
 * Adopts what an open lease of the same spec owns, when its recorded observation and one fresh one both show it usable:
 * these are the two observations that Ready needs. False when anything is in doubt; then the steps look for themselves.
 */
export async function adoptLeased(op: Provision, leased: Leased | null): Promise<boolean> {
  const { settings } = op.identity;
  // An approval may take long, and nothing observed before it would count after it.
  if (leased === null || (op.spec.approval?.required === true && !op.state.approved)) return false;
  const wanted = wantedBy(op);
  if (!mayRepeat(wanted, leased, settings, Date.now()).isReady) return false;
  const { pauses } = op;
  op.explain(`${op.spec.name} is leased; observing it once more`);
  const fresh = await observe(op, leased);
  if (fresh === null || op.isPaused || op.pauses !== pauses) return false;
  // The clocks of two workers may differ.
  if (fresh.beganAt - (leased.observed?.at ?? fresh.beganAt) < settings.pollMinMs) return false;
  const verdict = judgeObservation(wanted, leased, fresh);
  if (!verdict.isReady) return false;
  takeOver(op, leased, fresh, verdict.choice);
  return true;
}

function wantedBy(op: Provision): WantedEnvironment {
  const { name, pool, notebook } = op.spec;
  return {
    name,
    us: op.us,
    pool: pool === undefined ? null : { id: poolIdOf(op), spec: pool },
    notebook: notebook === undefined ? null : { name: notebook.name },
  };
}

/** One try: without an answer the steps look for themselves, and their deadlines count. */
async function observe(op: Provision, { pool, notebooks }: Leased): Promise<LeasedObservation | null> {
  const { name, pool: wantsPool, notebook: wantsNotebook } = op.spec;
  const what = {
    pool: wantsPool === undefined ? null : pool,
    notebook: wantsNotebook === undefined ? null : (notebooks[0] ?? null),
  };
  try {
    return await attempts(op.identity.settings, `what ${name} has`).lookAtLeased(what);
  } catch (error) {
    if (!isFailure(error) || isCancellation(error)) throw error;
    return null;
  }
}

function takeOver(op: Provision, leased: Leased, fresh: LeasedObservation, choice: number): void {
  const { workflowId } = op.state.progress;
  const { pool: spec, notebook } = op.spec;
  if (spec !== undefined && fresh.pool !== null) {
    op.startStep('pool');
    op.setMaking('pool', { ref: leased.pool, choice });
    op.showPool(fresh.pool.id);
    showPoolFacts(op, fresh.pool, fresh.beganAt, goalOf(spec, choiceAt(poolChoices(spec), choice)));
    op.audit('adopt', workflowId, `pool ${fresh.pool.id} carries our marker`);
    op.setStep('pool', 'done');
  }
  if (notebook !== undefined && fresh.notebook !== null) {
    op.startStep('notebook');
    op.setMaking('notebook', { ref: leased.notebooks[0] ?? null });
    showNotebook(op, fresh.notebook, fresh.beganAt);
    op.audit('adopt', workflowId, `notebook ${fresh.notebook.id} carries our marker`);
    op.setStep('notebook', 'done');
  }
}
