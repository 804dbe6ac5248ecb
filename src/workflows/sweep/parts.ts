import { isCancellation, workflowInfo } from '@temporalio/workflow';
import { operationId } from '../../contract/ids.js';
import type { EnvironmentResources, PlanItemResult, SweepInput } from '../../contract/workflows.js';
import { HOUR, parseDuration } from '../../domain/duration.js';
import { startStopwatch } from '../../domain/stopwatch.js';
import { refusedResults, resultOf, resultsOf, sameFor, withResults } from '../../domain/sweep/results.js';
import type { PlanPart } from '../../domain/teardown/plan.js';
import { reads, surveys, waits } from '../operation/activity-proxies.js';
import { describeFailure, isFailure } from '../operation/failure.js';
import type { Operation } from '../operation/operation.js';
import { endsWithin } from '../operation/time-limit.js';
import type { Removal } from '../resource/kind.js';
import { kindsToRemove } from '../resource/kinds/index.js';
import { explaining, removeKind, removeNamed } from '../resource/remove.js';
import type { SweepState } from './state.js';

/** A teardown that takes longer continues without the sweep, so that a stuck one does not block the next sweeps. */
const patienceMs = 2 * HOUR;
/** Time limit of one part without a name. These parts are removed one after another, so it is shorter. */
const unnamedPatienceMs = HOUR;

/** Starts the teardown of one environment's part. The teardown compares the plan again before it deletes anything. */
export async function sweepNamed(op: Operation<SweepState>, input: SweepInput, part: PlanPart): Promise<void> {
  const name = part.environment ?? '';
  const { settings } = op.identity;
  const workflowId = operationId('teardown', name);
  const by = workflowInfo().workflowId;
  const planHash = op.state.hashes[name];
  if (planHash === undefined)
    throw new Error(`The part of ${name} has no hash; without one its teardown would delete everything.`);
  const [reason] = new Set(part.items.map((item) => item.reason));
  await op.gate();
  const order = {
    type: 'teardownEnvironment',
    workflowId,
    argument: { name, planHash, ...jobOptions(op, by, input) },
    summary: `teardown ${name}`,
    by,
    announcement: { cause: 'teardown', by, reason: input.reason ?? `swept: ${reason}` },
  } as const;
  const started = await op.retries.run(`starting ${workflowId}`, () =>
    reads(settings, workflowId).startOperation(order),
  );
  await op.awaitingEndOf([workflowId], () => awaitTeardown(op, part, started));
}

/** The options that carry the rule for jobs into a teardown. */
function jobOptions({ state }: Operation<SweepState>, by: string, { reason = '' }: SweepInput) {
  const { withJobs = false, drain = null } = state;
  const signed = { by, reason: reason.trim() === '' ? 'the rule busy of the sweep' : reason };
  if (withJobs) return { withJobs, ...signed };
  return drain === null ? {} : { drain, ...signed };
}

/** Waits until the teardown of a part has ended, or the time limit has passed. */
async function awaitTeardown(
  op: Operation<SweepState>,
  part: PlanPart,
  started: { readonly workflowId: string; readonly runId: string },
): Promise<void> {
  const { settings } = op.identity;
  const { workflowId } = started;
  let clock = startStopwatch(patienceMs + (parseDuration(op.state.drain) ?? 0));
  for (;;) {
    const wait = await op.waitWithin(clock, () => waits(settings, workflowId).awaitOperation(started));
    clock = wait.watch;
    if (wait.end === 'interrupted') continue;
    recordResults(
      op,
      wait.end === 'answer'
        ? resultsOf(part.items, wait.answer)
        : sameFor(part.items, 'failed', `${workflowId} is still running`),
    );
    return;
  }
}

/** Removes the resources of an unknown owner by identity. Without a name there is no teardown to start. */
export async function sweepUnnamed(op: Operation<SweepState>, input: SweepInput, part: PlanPart): Promise<void> {
  await op.gate();
  if (op.state.inProgress !== part.owner) {
    const question = { rules: input.rules ?? null, items: part.items };
    const rechecks = await op.retries.run('checking the plan again', () =>
      surveys(op.identity.settings, 'planned resources').recheckItems(question),
    );
    const refused = refusedResults(part.items, rechecks);
    if (refused !== null) {
      recordResults(op, refused);
      return;
    }
    op.state.inProgress = part.owner;
  }
  try {
    if (!(await endsWithin(op, unnamedPatienceMs, () => removeUnnamed(op, part)))) {
      recordResults(op, sameFor(part.items, 'failed', `not deleted within an hour: ${op.state.progress.why}`));
      op.retries.clear();
    }
  } catch (error) {
    if (!isFailure(error) || isCancellation(error)) throw error;
    const { type, message } = describeFailure(error, null);
    recordResults(op, sameFor(part.items, resultOf(type), message));
  }
  op.state.inProgress = null;
}

async function removeUnnamed(op: Operation<SweepState>, { owner, items }: PlanPart): Promise<void> {
  const workspaceIds = [...new Set(items.map((item) => item.workspaceId).filter((id) => id !== null))];
  for (const kind of kindsToRemove) {
    const ofKind = items.filter(({ kind: step, id }) => step === kind.step && kind.hasId(id));
    // By identity too: the list of the worker's own notebooks does not contain those of another user.
    const notebooks = items.filter((item) => item.kind === 'notebook');
    const known: EnvironmentResources = { pool: null, notebooks, workspaceIds, unknownSince: null };
    const plan = { items, kept: [] };
    const jobs = op.state.withJobs === true ? ({ jobs: 'ignore' } as const) : {};
    const removal = (name: string): Removal => ({
      name,
      owners: [owner],
      known,
      respectProtection: true,
      plan,
      ...jobs,
    });
    if ('byMarker' in kind.identity) {
      await removeKind(op, kind, removal(items[0]?.name ?? owner), explaining(op));
      recordResults(op, sameFor(ofKind, 'deleted', gone));
      continue;
    }
    for (const item of ofKind) {
      await removeNamed(op, kind, item.id, removal(item.name), explaining(op));
      recordResults(op, sameFor([item], 'deleted', gone));
    }
  }
}

const gone = 'verified deleted';

function recordResults(op: Operation<SweepState>, results: readonly PlanItemResult[]): void {
  const { progress } = op.state;
  op.state.progress = { ...progress, results: withResults(progress.results, results) };
}
