import { auditId } from '../contract/ids.js';
import type { AuditInput } from '../contract/workflows.js';
import { type AuditPage, completed } from '../domain/audit/pages.js';
import type { AuditFinding, AuditReport } from '../domain/audit/report.js';
import { isoTime } from '../domain/rfc3339.js';
import { isFields } from '../spec/finding.js';
import type { CommandOptions } from './api-types.js';
import { signatureOf } from './command.js';
import type { OperationsDeps } from './deps.js';
import { OperationFailedError, OperationsError } from './errors.js';
import { expectWorker, progressOf } from './read-progress.js';
import type { Runs } from './temporal/run.js';

export interface AuditOptions {
  /** Aborts the wait, never the audit. */
  readonly signal?: AbortSignal;
}

/** Methods that read the whole project. */
export function audits({ runs, actor, pacer, newId }: OperationsDeps) {
  return {
    /** The owner and ownership status of every pool and notebook of the project. Throws WorkerUnreachableError. */
    audit(options: AuditOptions = {}): Promise<AuditReport> {
      return run(runs, auditId(isoTime(pacer.now())), {}, options);
    },

    /** Gives an orphan, by id, an owner again: the lease of the name that created it. Returns the audit after it. */
    adopt(id: string, options: CommandOptions, wait: AuditOptions = {}): Promise<AuditReport> {
      // Two adoptions of the same millisecond are separate runs.
      const workflowId = auditId(`${isoTime(pacer.now())}-${newId().slice(0, 8)}`);
      return run(runs, workflowId, { adopt: { id, ...signatureOf({ actor }, options) } }, wait);
    },
  };
}

async function run(
  runs: Runs,
  workflowId: string,
  argument: AuditInput,
  { signal }: AuditOptions,
): Promise<AuditReport> {
  const summary = argument.adopt === undefined ? 'audit' : `adopt ${argument.adopt.id}`;
  const { runId } = await runs.start({ type: 'auditResources', workflowId, argument, memo: {}, summary });
  await expectWorker(runs, { workflowId, runId });
  await runs.awaitEnd(workflowId, signal);
  // The audit of a large project has several runs.
  const found = await runs.describe(workflowId);
  if (found === null) throw new OperationsError(`Temporal no longer has ${workflowId}`);
  const outcome = await runs.outcome(workflowId, found.runId);
  const report = reportIn(outcome?.value);
  if (report === null) throw new OperationFailedError(await progressOf(runs, found));
  return report.partial === true ? await withAllFindings(runs, workflowId, report) : report;
}

/** The whole report of a large project, whose findings are in the histories of several runs. */
async function withAllFindings(runs: Runs, workflowId: string, report: AuditReport): Promise<AuditReport> {
  const findings: AuditFinding[] = [];
  for (const { runId } of report.pages ?? []) {
    const pages = await runs.recorded(workflowId, runId, 'auditPage');
    for (const page of pages) if (isPage(page)) findings.push(...page.findings);
  }
  return completed(report, findings) ?? report;
}

function isPage(value: unknown): value is Pick<AuditPage, 'findings'> {
  return isFields(value) && Array.isArray(value.findings);
}

function reportIn(value: unknown): AuditReport | null {
  return isFields(value) && isReport(value.report) ? value.report : null;
}

function isReport(value: unknown): value is AuditReport {
  return isFields(value) && Array.isArray(value.findings) && isFields(value.counts);
}
