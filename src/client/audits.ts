import { auditId } from '../contract/ids.js';
import type { AuditInput } from '../contract/workflows.js';
import type { AuditReport } from '../domain/audit/report.js';
import { isFields } from '../spec/finding.js';
import type { CommandOptions } from './call-types.js';
import { type CommandContext, signatureOf } from './command.js';
import { OperationFailedError, OperationsError } from './errors.js';
import { expectWorker, progressOf } from './read-progress.js';

export interface AuditOptions {
  /** Ends the wait; the audit goes on. */
  readonly signal?: AbortSignal;
}

/** One more audit: its time, and an id that makes an adoption a run of its own. */
export interface AuditStart {
  readonly at: number;
  readonly id: string;
}

/** Runs one audit and answers its report. */
export async function audit(
  speaker: CommandContext,
  start: AuditStart,
  options: AuditOptions = {},
): Promise<AuditReport> {
  return await run(speaker, auditId(new Date(start.at).toISOString()), {}, options);
}

/** Gives the orphan of an id or name an owner again, and answers what the audit then says. */
export async function adopt(
  speaker: CommandContext,
  id: string,
  start: AuditStart,
  said: CommandOptions,
  options: AuditOptions = {},
): Promise<AuditReport> {
  // Two that begin in the same millisecond must not be taken for one.
  const workflowId = auditId(`${new Date(start.at).toISOString()}-${start.id.slice(0, 8)}`);
  return await run(speaker, workflowId, { adopt: { id, ...signatureOf(speaker, said) } }, options);
}

async function run(
  { runs }: CommandContext,
  workflowId: string,
  argument: AuditInput,
  { signal }: AuditOptions,
): Promise<AuditReport> {
  const summary = argument.adopt === undefined ? 'audit' : `adopt ${argument.adopt.id}`;
  const { runId } = await runs.start({ type: 'auditResources', workflowId, argument, memo: {}, summary });
  await expectWorker(runs, { workflowId, runId });
  await runs.awaitEnd(workflowId, signal);
  const outcome = await runs.outcome(workflowId, runId);
  const report = reportIn(outcome?.value);
  if (report !== null) return report;
  const found = await runs.describe(workflowId, runId);
  if (found === null) throw new OperationsError(`${workflowId} is gone`);
  throw new OperationFailedError(await progressOf(runs, found));
}

function reportIn(value: unknown): AuditReport | null {
  return isFields(value) && isReport(value.report) ? value.report : null;
}

function isReport(value: unknown): value is AuditReport {
  return isFields(value) && Array.isArray(value.findings) && isFields(value.counts);
}
