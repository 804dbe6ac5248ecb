import { ServerUnreachableError, WorkerUnreachableError } from '../client/errors.js';
import { ConfigError } from '../config.js';
import { type AuditReport, makeReport, needsAction } from '../domain/audit/report.js';
import { readProject } from '../inventory/reader.js';
import { realSleep } from '../modelarts/timing.js';
import { readPrices } from '../worker/prices.js';
import type { Context } from './context.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { renderAudit } from './output/audit.js';
import { viewOf } from './view.js';

/** Reads the cloud alone: ages and money of everything, and whose marker it carries. Nobody is asked who owns it. */
export async function auditCloud(context: Context): Promise<AuditReport> {
  const { installation, prices } = context.config();
  const table = readPrices(prices);
  const now = context.terminal.now;
  const deps = { modelarts: await context.modelarts(), now, sleep: realSleep };
  const inventory = await readProject(deps, context.interrupted);
  return makeReport({ inventory, ownerships: null, installation, prices: table, now: inventory.at });
}

/** The audit of the workers; the cloud alone when Temporal or its workers cannot be reached, which is said. */
export async function auditOrCloud(context: Context, signal: AbortSignal): Promise<AuditReport> {
  try {
    return await (await context.operations()).audit({ signal });
  } catch (error) {
    if (!(error instanceof ServerUnreachableError) && !(error instanceof WorkerUnreachableError)) throw error;
    await context.modelarts().catch((failed: unknown) => {
      // Someone who only has the settings for Temporal has to hear of Temporal.
      throw failed instanceof ConfigError ? error : failed;
    });
    context.notice(`${error.message}; reading the cloud alone, so nobody can say who owns what`);
    return await auditCloud(context);
  }
}

/** Prints a report; with `check` it fails when there is something to act on. */
export function answerAudit(context: Context, report: AuditReport, check: boolean): ExitCode {
  context.result(report, (shown) => renderAudit(shown, viewOf(context)));
  return check && needsAction(report) ? exitCodes.failed : exitCodes.done;
}
