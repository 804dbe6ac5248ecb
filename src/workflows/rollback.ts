import { CancellationScope, sleep } from '@temporalio/workflow';
import { parseDuration } from '../domain/duration.js';
import type { Operation } from './operation.js';
import { timeNow } from './operation.js';
import { type Provision, poolIdOf } from './provisioning.js';
import { type Removal, type RemovalPhases, removeNotebooks, removePool } from './removal.js';

/** During a way back the phase stays `RollingBack`; what is going on shows in `why`. */
export function rollbackPhases(op: Operation): RemovalPhases {
  const explain = (why: string) => op.explain(why);
  return {
    stopping: explain,
    deletingNotebook: explain,
    deletingPool: explain,
    verifyingNotebook: explain,
    verifyingPool: explain,
  };
}

/** What this run may remove for a step: only what carries its own marker. */
export function removalOf(op: Provision, step: 'pool' | 'notebook'): Removal {
  const { lastCreate } = op.state.making[step];
  const { pool, notebook, name } = op.spec;
  const workspaces = [step === 'pool' ? pool?.workspaceId : notebook?.workspaceId].filter((id) => id !== undefined);
  return {
    name,
    owners: [op.state.owner],
    workspaceIds: workspaces,
    unknownSince: lastCreate.outcome === 'unknown' ? lastCreate.since : null,
    obeysProtection: false,
  };
}

/**
 * Undoes what this run made, newest first. It is never given up: when
 * `deadlines.undo` has passed the phase says `AwaitingOperator`, while the retries go on.
 */
export async function rollBack(op: Provision): Promise<void> {
  const { pool, notebook } = op.state.making;
  if (!pool.undo && !notebook.undo) return;
  op.enter('RollingBack', 'removing what this run made');
  const patience = new CancellationScope();
  patience
    .run(async () => {
      await sleep(parseDuration(op.spec.deadlines.undo) ?? 0);
      op.update({ awaiting: { kind: 'operator', since: timeNow(), deadline: null, verbs: [] } });
      op.enter('AwaitingOperator', `${op.state.progress.why}; the removal goes on`);
    })
    .catch(() => undefined);
  try {
    for (const step of ['notebook', 'pool'] as const) {
      if (!op.state.making[step].undo) continue;
      const before = op.step(step)?.state ?? 'failed';
      op.setStep(step, 'undoing');
      const removal = removalOf(op, step);
      const gone =
        step === 'notebook'
          ? await removeNotebooks(op, removal, rollbackPhases(op))
          : await removePool(op, poolIdOf(op), removal, rollbackPhases(op));
      op.setStep(step, gone ? 'undone' : before);
      op.setMaking(step, { undo: false, ref: null });
      op.update(step === 'notebook' ? { notebook: null } : { pool: null });
    }
  } finally {
    patience.cancel();
    op.update({ awaiting: null });
  }
}
