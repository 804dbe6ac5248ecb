import { auditId } from '../contract/ids.js';
import type { AuditInput } from '../contract/workflows.js';
import type { AuditReport } from '../domain/audit/report.js';
import { isFields } from '../spec/finding.js';
import type { CommandOptions } from './api-types.js';
import { type CommandContext, type NewRun, signatureOf } from './command.js';
import { OperationFailedError, OperationsError } from './errors.js';
import { expectWorker, progressOf } from './read-progress.js';

export interface AuditOptions {
  /** Aborts the wait, never the audit. */
  readonly signal?: AbortSignal;
}

/** Runs one audit and returns its report. */
export async function audit(context: CommandContext, start: NewRun, options: AuditOptions = {}): Promise<AuditReport> {
  return await run(context, auditId(new Date(start.at).toISOString()), {}, options);
}

/** Gives an orphan an owner again, and returns the report of the audit that follows. */
export async function adopt(
  context: CommandContext,
  id: string,
  start: NewRun,
  options: CommandOptions,
  wait: AuditOptions = {},
): Promise<AuditReport> {
  // Two adoptions of the same millisecond are separate runs.
  const workflowId = auditId(`${new Date(start.at).toISOString()}-${start.id.slice(0, 8)}`);
  return await run(context, workflowId, { adopt: { id, ...signatureOf(context, options) } }, wait);
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
  if (found === null) throw new OperationsError(`Temporal no longer has ${workflowId}`);
  throw new OperationFailedError(await progressOf(runs, found));
}

function reportIn(value: unknown): AuditReport | null {
  return isFields(value) && isReport(value.report) ? value.report : null;
}

function isReport(value: unknown): value is AuditReport {
  return isFields(value) && Array.isArray(value.findings) && isFields(value.counts);
}
