import { isCancellation, workflowInfo } from '@temporalio/workflow';
import type { OperationEnd } from '../../activities/operation/operation-end.js';
import { operationId } from '../../contract/ids.js';
import type { Progress } from '../../contract/progress.js';
import type { EnvironmentResources, PlanItemResult, SweepInput, SweepProgress } from '../../contract/workflows.js';
import { HOUR } from '../../domain/duration.js';
import type { Recheck } from '../../domain/provision/recheck.js';
import { startStopwatch } from '../../domain/stopwatch.js';
import type { PlanItem, PlanPart } from '../../domain/teardown/plan.js';
import { cut } from '../../domain/text.js';
import { reads, surveys, waits } from '../operation/activity-proxies.js';
import { describeFailure, isFailure } from '../operation/failure.js';
import type { Operation } from '../operation/operation.js';
import type { OperationState } from '../operation/state.js';
import { endsWithin } from '../operation/time-limit.js';
import type { Removal } from '../resource/kind.js';
import { kindsToRemove } from '../resource/kinds/index.js';
import { explaining, removeKind, removeNamed } from '../resource/remove.js';

export interface SweepState extends OperationState {
  progress: SweepProgress;
  /** Hash of each name's part of the plan, under which its teardown takes it. */
  hashes: Readonly<Record<string, string>>;
  /** Owner hash of the part without a name that was looked at again and is being removed. */
  inHand: string | null;
}

/** A teardown that takes longer goes on without the sweep: one that is stuck must not hold up the next sweeps. */
const patienceMs = 2 * HOUR;
/** How long one part without a name may take. Such parts are removed one after another, so it is shorter. */
const loosePatienceMs = HOUR;

/** Has a name's part torn down under that name; the teardown compares the plan once more before it touches anything. */
export async function sweepNamed(op: Operation<SweepState>, input: SweepInput, part: PlanPart): Promise<void> {
  const name = part.environment ?? '';
  const { settings } = op.identity;
  const workflowId = operationId('teardown', name);
  const by = workflowInfo().workflowId;
  const planHash = op.state.hashes[name];
  if (planHash === undefined)
    throw new Error(`The part of ${name} has no hash; without one its teardown would take everything.`);
  const [reason] = new Set(part.items.map((item) => item.reason));
  await op.gate();
  const order = {
    type: 'teardownEnvironment',
    workflowId,
    argument: { name, planHash },
    summary: `teardown ${name}`,
    by,
    announcement: { cause: 'teardown', by, reason: input.reason ?? `swept: ${reason}` },
  } as const;
  const started = await op.retries.run(`starting ${workflowId}`, () =>
    reads(settings, workflowId).startOperation(order),
  );
  await op.awaitingEndOf([workflowId], () => awaitTeardown(op, part, started));
}

/** Waits until the teardown of a part has ended, or the sweep's patience has. */
async function awaitTeardown(
  op: Operation<SweepState>,
  part: PlanPart,
  started: { readonly workflowId: string; readonly runId: string },
): Promise<void> {
  const { settings } = op.identity;
  const { workflowId } = started;
  let clock = startStopwatch(patienceMs);
  for (;;) {
    const wait = await op.waitWithin(clock, () => waits(settings, workflowId).awaitOperation(started));
    clock = wait.watch;
    if (wait.end === 'interrupted') continue;
    settle(
      op,
      wait.end === 'answer'
        ? resultsOf(part, wait.answer)
        : sameFor(part.items, 'failed', `${workflowId} is still running`),
    );
    return;
  }
}

/** What a teardown did to the items of its part. */
function resultsOf(part: PlanPart, { reachedGoal, progress, failure }: OperationEnd): PlanItemResult[] {
  const told = progress !== null && tellsResults(progress) ? progress.results : [];
  const why = failure === null ? 'verified deleted' : `${failure.type}: ${failure.message}`;
  const rest = reachedGoal
    ? 'deleted'
    : failure?.type === 'PlanChanged'
      ? 'changed'
      : failure?.type === 'Protected'
        ? 'protected'
        : 'failed';
  return part.items.map(
    ({ kind, id }) => told.find((one) => one.kind === kind && one.id === id) ?? { kind, id, result: rest, why },
  );
}

function tellsResults(progress: Progress): progress is SweepProgress {
  return 'results' in progress;
}

/** Removes by identity what nobody knows by name: no teardown could be started under it. */
export async function sweepLoose(op: Operation<SweepState>, input: SweepInput, part: PlanPart): Promise<void> {
  await op.gate();
  if (op.state.inHand !== part.owner) {
    const question = { rules: input.rules ?? null, items: part.items };
    const rechecks = await op.retries.run('checking the plan again', () =>
      surveys(op.identity.settings, 'check the plan again').recheckItems(question),
    );
    const refused = refusedResults(part.items, rechecks);
    if (refused !== null) {
      settle(op, refused);
      return;
    }
    op.state.inHand = part.owner;
  }
  try {
    if (!(await endsWithin(op, loosePatienceMs, () => removeLoose(op, part)))) {
      settle(op, sameFor(part.items, 'failed', `not deleted within an hour: ${op.state.progress.why}`));
      op.retries.over();
    }
  } catch (error) {
    if (!isFailure(error) || isCancellation(error)) throw error;
    const { type, message } = describeFailure(error, null);
    const result = type === 'PlanChanged' ? 'changed' : type === 'Protected' ? 'protected' : 'failed';
    settle(op, sameFor(part.items, result, message));
  }
  op.state.inHand = null;
}

/** Null when all may still go. A part goes as a whole: when one of it has changed, nobody knows what the rest is. */
function refusedResults(items: readonly PlanItem[], rechecks: readonly Recheck[]): PlanItemResult[] | null {
  const verdicts = items.map((item, index) => ({ item, ...(rechecks[index] ?? notLookedAt) }));
  const hindrance = verdicts.find(({ verdict }) => verdict === 'changed' || verdict === 'protected');
  if (hindrance === undefined && verdicts.some(({ verdict }) => verdict === 'same')) return null;
  return verdicts.map(
    ({ item: { kind, id }, verdict, why }): PlanItemResult =>
      verdict === 'same'
        ? { kind, id, result: 'changed', why: `stays with ${hindrance?.item.kind} ${hindrance?.item.id}` }
        : { kind, id, result: verdict, why },
  );
}

async function removeLoose(op: Operation<SweepState>, { owner, items }: PlanPart): Promise<void> {
  const workspaceIds = [...new Set(items.map((item) => item.workspaceId).filter((id) => id !== null))];
  for (const kind of kindsToRemove) {
    const ofKind = items.filter((item) => item.kind === kind.step);
    // By identity too: the list of the worker's own notebooks does not show those of another user.
    const notebooks = items.filter((item) => item.kind === 'notebook');
    const known: EnvironmentResources = { pool: null, notebooks, workspaceIds, unknownSince: null };
    const plan = { items, kept: [] };
    const removal = (name: string): Removal => ({ name, owners: [owner], known, respectProtection: true, plan });
    if ('byMarker' in kind.identity) {
      await removeKind(op, kind, removal(items[0]?.name ?? owner), explaining(op));
      settle(op, sameFor(ofKind, 'deleted', gone));
      continue;
    }
    for (const item of ofKind) {
      await removeNamed(op, kind, item.id, removal(item.name), explaining(op));
      settle(op, sameFor([item], 'deleted', gone));
    }
  }
}

/** Of each item; the teardown that failed has the whole reason. */
const whyLimit = 300;
const notLookedAt: Recheck = { verdict: 'changed', why: 'it was not checked again' };
const gone = 'verified deleted';

function sameFor(items: readonly PlanItem[], result: PlanItemResult['result'], why: string): PlanItemResult[] {
  return items.map(({ kind, id }) => ({ kind, id, result, why }));
}

/** The first word on an item counts: what was deleted before something else failed stays deleted. */
function settle(op: Operation<SweepState>, results: readonly PlanItemResult[]): void {
  const { results: settled } = op.state.progress;
  const added = results
    .filter(({ kind, id }) => !settled.some((done) => done.kind === kind && done.id === id))
    // There may be thousands of them in one answer.
    .map((result) => ({ ...result, why: cut(result.why, whyLimit) }));
  op.state.progress = { ...op.state.progress, results: [...settled, ...added] };
}
