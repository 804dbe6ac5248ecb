import { goalOf, poolChoices } from '../../domain/provision/pool-choices.js';
import { choiceAt } from '../../domain/resource/flavor.js';
import { maybeSame } from '../../domain/resource/identity.js';
import { judgeNotebook } from '../../domain/resource/notebook.js';
import { remember } from '../../domain/resource/observation.js';
import { judgePool } from '../../domain/resource/pool.js';
import { type Provision, poolIdOf } from './state.js';

type MadeStep = 'pool' | 'notebook';

/**
 * Whether all that was made is usable now. Much time may have passed since a step was done, in waits for a later step,
 * for an operator or in a pause, and Ready means usable: what `justSeen` does not name is looked at once more, and
 * after a pause everything is. A step whose resource is not usable any more, or gives no answer, is opened again, and
 * false returned: it waits for what heals, and its failure is the step's.
 */
export async function isStillUsable(op: Provision, justSeen: MadeStep | null): Promise<boolean> {
  let seen = justSeen;
  for (;;) {
    await op.gate();
    const { pauses } = op;
    for (const step of ['pool', 'notebook'] as const) {
      if (step === seen || op.step(step)?.state !== 'done') continue;
      op.leaveAtLeast(step, op.identity.settings.abnormalGraceMs);
      if (await (step === 'pool' ? isPoolUsable(op) : isNotebookUsable(op))) continue;
      op.setStep(step, 'running');
      return false;
    }
    if (op.pauses === pauses) return true;
    seen = null;
  }
}

async function isPoolUsable(op: Provision): Promise<boolean> {
  const { name, pool } = op.spec;
  if (pool === undefined) return true;
  const { ref, choice } = op.state.making.pool;
  const goal = goalOf(pool, choiceAt(poolChoices(pool), choice));
  const workspaceId = pool.workspaceId ?? null;
  const question = { poolId: poolIdOf(op), name, workspaceId, goal, watch: op.state.watches.pool, pace: op.pace };
  const wait = await op.within('pool', () => op.waits(`pool ${name}`).awaitPool(question));
  if (wait === null) return false;
  const { facts } = wait.answer;
  const verdict = judgePool(name, facts, goal);
  op.setWatches({ pool: remember(op.state.watches.pool, wait.answer, verdict) });
  return verdict.condition === 'usable' && (ref === null || facts === null || maybeSame(ref, facts));
}

async function isNotebookUsable(op: Provision): Promise<boolean> {
  const { notebook } = op.spec;
  const { ref } = op.state.making.notebook;
  if (notebook === undefined || ref === null) return true;
  const { name } = notebook;
  const workspaceId = notebook.workspaceId ?? null;
  const question = {
    id: ref.id,
    name,
    workspaceId,
    goal: 'running' as const,
    watch: op.state.watches.notebook,
    pace: op.pace,
  };
  const wait = await op.within('notebook', () => op.waits(`notebook ${name}`).awaitNotebook(question));
  if (wait === null) return false;
  const verdict = judgeNotebook(name, wait.answer.facts, 'running');
  op.setWatches({ notebook: remember(op.state.watches.notebook, wait.answer, verdict) });
  return verdict.condition === 'usable';
}
