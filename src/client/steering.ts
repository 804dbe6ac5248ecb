import { parseOperationId } from '../contract/ids.js';
import {
  approveUpdate,
  noteSignal,
  pauseSignal,
  type ResolveVerb,
  rejectUpdate,
  resolveUpdate,
  resumeSignal,
} from '../contract/messages.js';
import type { Progress } from '../contract/progress.js';
import type { ResolveOptions, Said } from './calls.js';
import { OperationRefusedError } from './errors.js';
import { requireRun } from './name.js';
import { commandOf, requireOpen, type Speaker, send, type Target, update } from './speaking.js';
import { progressOf } from './standing.js';

export async function pause(speaker: Speaker, target: Target, said: Said): Promise<Progress> {
  return await send(speaker, await requireOpen(speaker, target, 'pause'), pauseSignal.name, commandOf(speaker, said));
}

export async function resume(speaker: Speaker, target: Target, said: Said): Promise<Progress> {
  return await send(speaker, await requireOpen(speaker, target, 'resume'), resumeSignal.name, commandOf(speaker, said));
}

/** Refused for what is made already or on its way out: a cancel would delete the one and leave half of the other. */
export async function cancel(speaker: Speaker, target: Target, said: Said): Promise<Progress> {
  const { runs } = speaker;
  const { name } = target;
  const run = await requireOpen(speaker, target, 'cancel');
  const kind = parseOperationId(run.workflowId)?.kind;
  if (kind === 'teardown' || kind === 'lease') {
    const state =
      kind === 'teardown' ? 'is being torn down, which is not called off half-way' : 'is not being made any more';
    throw new OperationRefusedError(`cancel ${name}: it ${state}`, {
      hint: kind === 'lease' ? `To remove it: \`maops env teardown ${run.environment ?? name}\`.` : null,
    });
  }
  await runs.signal(run.workflowId, noteSignal.name, { verb: 'cancel', ...commandOf(speaker, said) });
  await runs.cancel(run.workflowId);
  return await progressOf(runs, (await runs.describe(run.workflowId)) ?? run);
}

export function approve(speaker: Speaker, target: Target, said: Said): Promise<Progress> {
  return update(speaker, target, approveUpdate.name, commandOf(speaker, said));
}

export function reject(speaker: Speaker, target: Target, said: Said): Promise<Progress> {
  return update(speaker, target, rejectUpdate.name, commandOf(speaker, said));
}

/** Names the failed step and its attempt as they stand, so that a view that is stale by then is refused. */
export async function resolve(
  speaker: Speaker,
  target: Target,
  verb: ResolveVerb,
  options: ResolveOptions,
): Promise<Progress> {
  const progress = await progressOf(speaker.runs, await requireRun(speaker.runs, target.noun, target.name));
  const failed = progress.steps.find(({ state }) => state === 'failed');
  return await update(speaker, target, resolveUpdate.name, {
    verb,
    ...commandOf(speaker, options),
    ...(failed === undefined ? {} : { step: failed.name }),
    ...(failed?.attempt === undefined ? {} : { attempt: failed.attempt }),
    ...(options.changes === undefined ? {} : { changes: options.changes }),
  });
}
