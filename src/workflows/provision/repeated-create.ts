import { isCancellation } from '@temporalio/workflow';
import type { Leased } from '../../activities/lease/transfer.js';
import {
  judgeObservation,
  type LeasedObservation,
  mayRepeat,
  type WantedEnvironment,
} from '../../domain/provision/repeated-create.js';
import type { ResourceFacts } from '../../domain/resource/observation.js';
import { poolIdOf } from '../../domain/resource/pool.js';
import { attempts } from '../operation/activity-proxies.js';
import { isFailure } from '../operation/failure.js';
import { kindsIn } from '../resource/kinds/index.js';
import { show } from './await-usable.js';
import type { Provision } from './state.js';

/**
 * Adopts what an open lease of the same spec owns, when its recorded observation and one fresh one both show it usable:
 * these are the two observations that Ready needs. False in any other case; then the steps run.
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
    pool: pool === undefined ? null : { id: poolIdOf(name, op.identity.projectId), spec: pool },
    notebook: notebook === undefined ? null : { name: notebook.name },
  };
}

/** One attempt: without an answer the steps run, and their deadlines count. */
async function observe(op: Provision, { pool, notebooks }: Leased): Promise<LeasedObservation | null> {
  const { name, pool: wantsPool, notebook: wantsNotebook } = op.spec;
  const what = {
    pool: wantsPool === undefined ? null : pool,
    notebook: wantsNotebook === undefined ? null : (notebooks[0] ?? null),
  };
  try {
    return await attempts(op.identity.settings, `resources of ${name}`).observeLeased(what);
  } catch (error) {
    if (!isFailure(error) || isCancellation(error)) throw error;
    return null;
  }
}

function takeOver(op: Provision, leased: Leased, fresh: LeasedObservation, choice: number): void {
  for (const kind of kindsIn(op.spec)) {
    const { step } = kind;
    const facts: ResourceFacts | null = fresh[step];
    if (facts === null) continue;
    const [ref = null] = kind.known(leased);
    op.startStep(step);
    op.setResource(step, { ref, ...(kind.choices(op.spec).length > 1 ? { choice } : {}) });
    kind.identified(op, facts.id);
    show(op, kind, facts, fresh.beganAt);
    op.audit('adopt', op.state.progress.workflowId, `${step} ${facts.id} carries our marker`);
    op.setStep(step, 'done');
  }
}
