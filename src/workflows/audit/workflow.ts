import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { Adopted } from '../../activities/audit/survey.js';
import type { AuditInput, AuditProgress } from '../../contract/workflows.js';
import { type AuditTally, addPage, emptyTally, partialReport, reportOf } from '../../domain/audit/pages.js';
import { type AuditFinding, type AuditReport, describeCounts } from '../../domain/audit/report.js';
import type { RecordedPages } from '../../domain/pages.js';
import { isoTime } from '../../domain/rfc3339.js';
import { surveys } from '../operation/activity-proxies.js';
import { checkArgument } from '../operation/check-argument.js';
import { type Outcome, runToEnd } from '../operation/ending.js';
import { Operation } from '../operation/operation.js';
import { carriedOver, newState, type OperationState } from '../operation/state.js';
import { adopt } from './adoption.js';

/** What is carried over continue-as-new: sums, and where the findings are. */
interface AuditState extends OperationState {
  /** Null until the lists were read. */
  survey: { readonly resources: number; readonly adopted: Adopted | null } | null;
  tally: AuditTally;
  after: string | null;
  /** The pages of the runs before this one. */
  pages: readonly RecordedPages[];
}

/** Pages of one run, so that its history stays below 1 MB. The first run may have to return its findings as well. */
const pagesOfFirst = 2;
const pagesOfRun = 3;

/**
 * Reports the owner of every resource in the project. With `adopt`, one orphan gets an owner again first.
 *
 * Phases: `Planning` while it lists pools and notebooks. `Reading` while it asks Temporal for their owners, page by
 * page, and reads apparent orphans once more by id. Owners are read after the list, so that an operation that starts
 * meanwhile is never missed. `Paused` above either until `resume`. Ends in `Done` with a report, in `Failed` when the
 * project could not be read or the orphan not be adopted, or in `Cancelled`: only an adoption may have happened then. A
 * report that is too large for one result is partial, and names the runs whose histories have its pages.
 */
export async function audit(input: AuditInput | null | undefined, carried?: AuditState): Promise<AuditProgress> {
  const op: Operation<AuditState> = new Operation(carried === undefined ? firstState() : carriedOver(carried), () =>
    continueAsNew<(input: AuditInput | null | undefined, carried: AuditState) => Promise<unknown>>(input, op.state),
  );
  let report: AuditReport | null = null;
  const work = async (): Promise<Outcome> => {
    op.state.survey ??= await survey(op, input);
    report = await readPages(op, op.state.survey);
    return { phase: 'Done', why: op.state.survey.adopted === null ? describeCounts(report) : op.state.progress.why };
  };
  const progress = await runToEnd(op, work, {
    cancelled: () => (op.state.survey?.adopted == null ? 'cancelled; nothing was changed' : op.state.progress.why),
  });
  return { ...progress, report };
}

function firstState(): AuditState {
  return { ...newState('audit', [], 'Planning'), survey: null, tally: emptyTally, after: null, pages: [] };
}

async function survey(
  op: Operation<AuditState>,
  input: AuditInput | null | undefined,
): Promise<NonNullable<AuditState['survey']>> {
  op.enter('Planning', 'reading all pools and notebooks of the project');
  await checkArgument(op, 'auditResources', input, 'audit');
  const { resources } = await op.retries.run('reading the resources of the project', () =>
    surveys(op.identity.settings, 'inventory').surveyProject(),
  );
  op.enter('Reading', `reading the owners of ${resources} resources`);
  op.reach(40);
  return { resources, adopted: input?.adopt == null ? null : await adopt(op, input.adopt) };
}

async function readPages(
  op: Operation<AuditState>,
  { resources, adopted }: NonNullable<AuditState['survey']>,
): Promise<AuditReport> {
  const { settings, installation } = op.identity;
  const { pages } = op.state;
  const findings: AuditFinding[] = [];
  const limit = pages.length === 0 ? pagesOfFirst : pagesOfRun;
  for (let count = 1; ; count += 1) {
    const page = await op.retries.run('reading the owners', () =>
      surveys(settings, 'owners').auditPage({ after: op.state.after, adopted }),
    );
    findings.push(...page.findings);
    op.state.tally = addPage(op.state.tally, page);
    op.state.after = page.next;
    const read = Object.values(op.state.tally.counts).reduce((sum, one) => sum + one, 0);
    op.reach(resources === 0 ? 80 : Math.min(80, 40 + Math.floor((40 * read) / resources)));
    const own = { runId: workflowInfo().runId, count };
    if (page.next === null) {
      const about = { at: isoTime(op.state.tally.at ?? page.at), source: 'temporal', installation } as const;
      return pages.length === 0
        ? reportOf(op.state.tally, findings, about)
        : partialReport(op.state.tally, [...pages, own], about);
    }
    if (count < limit) continue;
    op.state.pages = [...pages, own];
    await op.continueNow();
  }
}
