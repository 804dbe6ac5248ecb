import { continueAsNew, isCancellation } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import type { Progress } from '../../contract/progress.js';
import type { ChangeInput, ResourceRef } from '../../contract/workflows.js';
import { parseDuration } from '../../domain/duration.js';
import type { CommandOutcome } from '../../domain/resource/command-outcome.js';
import { isMarkedBy, parseMarker } from '../../domain/resource/marker.js';
import { judgeNotebook, type NotebookFacts, notebookApiOf } from '../../domain/resource/notebook.js';
import { freshWatch, isConfirmed, type Observation, remember, type Watch } from '../../domain/resource/observation.js';
import { isName } from '../../domain/text.js';
import { reads, surveys, undos, waits } from '../operation/activity-proxies.js';
import { checkArgument } from '../operation/check-argument.js';
import { type Outcome, runToEnd } from '../operation/ending.js';
import { isFailure } from '../operation/failure.js';
import { Operation } from '../operation/operation.js';
import { newState } from '../operation/state.js';
import { observedNotebook } from '../resource/projection.js';
import { limitOf } from './limit.js';
import { changeProtection } from './protection.js';

const doing = { start: 'starting', stop: 'stopping', renew: 'renewing' } as const;

/**
 * Starts, stops or renews a notebook, or protects or unprotects an environment.
 *
 * Phases: `Planning` until the resource is found. `Applying` until two observations show the change, for at most 30
 * minutes. `Paused` above either: no command is sent until `resume`. Ends in `Done`, in `Failed` when the change was
 * refused or not seen in time, or in `Cancelled`: a command that was already sent still takes effect.
 */
export async function change(input: ChangeInput): Promise<Progress> {
  const op = new Operation(newState(isName(input?.name) ? input.name : '', [], 'Planning'), () =>
    continueAsNew<(input: ChangeInput) => Promise<unknown>>(input),
  );
  const work = async (): Promise<Outcome> => {
    op.enter('Planning', 'checking the argument');
    await checkArgument(op, 'changeResource', input, op.state.progress.name);
    op.audit(input.change, input.by, input.reason);
    op.explain(`looking for ${input.kind} ${input.name}`);
    await perform(op, input);
    return { phase: 'Done', why: op.state.progress.why };
  };
  return await runToEnd(op, work, { cancelled: () => 'cancelled; a command that was already sent still takes effect' });
}

async function perform(op: Operation, input: ChangeInput): Promise<void> {
  const { kind, name, change: verb } = input;
  if (kind === 'notebook' && (verb === 'start' || verb === 'stop' || verb === 'renew'))
    return await changeNotebook(op, input, verb);
  if (kind === 'environment' && (verb === 'protect' || verb === 'unprotect')) {
    await changeProtection(op, name, verb);
    // The lease retries a removal that the protection refused. Without this signal it retries within an hour.
    if (verb === 'unprotect')
      await undos(op.identity.settings, `lease ${name}`).signalProtectionChanged(input).catch(ignoreFailure);
    return;
  }
  throw makeFailure('RequestRejected', `a ${kind} has no change \`${verb}\``);
}

/** The change itself has succeeded, so only a cancellation is rethrown. */
function ignoreFailure(error: unknown): void {
  if (!isFailure(error) || isCancellation(error)) throw error;
}

/**
 * The lease shows its last observation of the notebook. Without this signal it observes again only when the notebook's
 * auto-stop is due.
 */
async function notifyLease(op: Operation, { by, reason }: ChangeInput, facts: NotebookFacts): Promise<void> {
  const { settings, installation, projectId } = op.identity;
  const marker = parseMarker(facts.description);
  const owners = isMarkedBy(marker, installation) ? [marker.owner] : [];
  const names = [facts.name, (facts.poolId ?? '').replace(`-${projectId}`, '')];
  const [ownership] = await surveys(settings, `owner of notebook ${facts.name}`).readOwnership({ owners, names });
  const name = ownership?.name ?? facts.name;
  await undos(settings, `lease ${name}`).refreshLease({ name, by, reason });
}

/** A start of the current API needs a duration: without one the service stops the notebook after an hour. */
async function send(
  calls: ReturnType<typeof reads>,
  { name, change: verb, duration }: ChangeInput,
  ref: ResourceRef,
): Promise<CommandOutcome> {
  if (notebookApiOf(ref.id) === 'historical') {
    if (verb === 'renew') throw cannotRenew(name);
    return verb === 'start' ? await calls.startNotebook(ref) : await calls.stopNotebook(ref);
  }
  if (verb === 'stop') return await calls.stopCurrentNotebook(ref);
  const durationMs = parseDuration(duration) ?? (await calls.runTimeOf({ notebook: ref }));
  if (verb === 'renew' && durationMs < 0)
    throw makeFailure('RequestRejected', `notebook ${name} has no automatic stop, so there is nothing to renew`);
  if (verb === 'renew') return await calls.prolongNotebook({ notebook: ref, until: Date.now() + durationMs });
  return await calls.startCurrentNotebook({ ...ref, durationMs });
}

function cannotRenew(name: string): Error {
  const message = `notebook ${name} is of the historical API, which cannot renew a running notebook`;
  return makeFailure('RequestRejected', message, {
    hint: 'Stop it and start it again, or move the end of its lease with `maops env extend`.',
  });
}

async function changeNotebook(op: Operation, input: ChangeInput, verb: keyof typeof doing): Promise<void> {
  const { settings } = op.identity;
  const summary = `notebook ${input.name}`;
  const within = limitOf(op);
  const calls = reads(settings, summary);
  const { id, createdAt } = await within(() => calls.resolveNotebook({ name: input.name }));
  const goal = verb === 'stop' ? 'stopped' : 'running';
  op.enter('Applying', `${doing[verb]} notebook ${input.name}`);
  const isCurrent = notebookApiOf(id) === 'current';
  const outcome = await within(() => send(calls, input, { id, createdAt }));
  if (outcome.outcome === 'notSent') throw makeFailure('NotFound', `${outcome.why}; no ${verb} was sent`);
  if (outcome.outcome === 'refused') op.explain(`${verb} of notebook ${input.name} was refused: ${outcome.why}`);
  const target = { id, name: input.name, workspaceId: null };
  let watch: Watch<NotebookFacts> = freshWatch;
  for (;;) {
    const { at, facts } = await within<Observation<NotebookFacts>>(() =>
      isCurrent
        ? waits(settings, summary).observeCurrentNotebook({ ...target, goal, watch, pace: op.pace })
        : waits(settings, summary).observeNotebook({ ...target, goal, watch, pace: op.pace }),
    );
    const verdict = judgeNotebook(input.name, facts, goal);
    watch = remember(watch, { at, facts }, verdict);
    op.explain(verdict.why);
    if (facts !== null) op.update({ notebook: observedNotebook(facts, at) });
    if (facts !== null && verdict.condition === 'usable' && isConfirmed(watch.usableSince, at, settings))
      return await notifyLease(op, input, facts).catch(ignoreFailure);
    if (verdict.condition === 'failed') throw makeFailure('NotebookFailed', verdict.why);
    if (verdict.condition === 'absent' && isConfirmed(watch.absentSince, at, settings)) {
      throw makeFailure('NotFound', verdict.why);
    }
  }
}
