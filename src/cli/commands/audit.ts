import { ServerUnreachableError, WorkerUnreachableError } from '../../client/errors.js';
import { ConfigError } from '../../config.js';
import { type AuditReport, makeReport, needsAction } from '../../domain/audit/report.js';
import { describeDuration } from '../../domain/duration.js';
import { readProject } from '../../inventory/reader.js';
import { realSleep } from '../../modelarts/timing.js';
import { readPrices } from '../../worker/prices.js';
import { type Define, example } from '../command.js';
import { type Context, viewOf } from '../context.js';
import { type ExitCode, exitCodes, UsageError } from '../exit-codes.js';
import { limited } from '../follow.js';
import { offerReason, readDuration } from '../options.js';
import { adoptionOf, renderAdoption, renderAudit } from '../output/audit.js';

interface Options {
  readonly cloudOnly?: boolean;
  readonly check?: boolean;
  readonly timeout?: string;
}

/** `maops audit`: whose every pool and notebook of the project is, how it stands, and what it costs. */
const audit: Define = (command, run) => {
  command
    .option('--cloud-only', 'read the cloud alone, without Temporal: ages and money, and whose marker it is')
    .option('--check', 'exit 1 when there is something to act on')
    .option('--timeout <duration>', 'stop waiting after this time (exit 8); the audit goes on')
    .addHelpText('after', example('maops audit', 'maops audit --check --json', 'maops audit adopt team-a'))
    .action((options: Options) => run((context) => perform(context, options)));
};

async function perform(context: Context, { cloudOnly, check, timeout: limit }: Options): Promise<ExitCode> {
  const timeoutMs = readDuration('--timeout', limit);
  if (cloudOnly === true) {
    if (timeoutMs !== null) throw new UsageError('--timeout is for audits that workers make, not with --cloud-only');
    return answerAudit(context, await auditCloud(context), check === true);
  }
  context.onInterrupt('interrupted: the audit goes on, it changes nothing');
  const { signal, clear } = limited(context.interrupted, timeoutMs);
  try {
    return answerAudit(context, await auditOrCloud(context, signal), check === true);
  } catch (error) {
    // Anything but the end of the wait means that there is no audit that goes on.
    if (error !== signal.reason || context.interrupted.aborted) throw error;
    context.notice(`not finished within ${describeDuration(timeoutMs ?? 0)}: the audit goes on, it changes nothing`);
    return exitCodes.unfinished;
  } finally {
    clear();
  }
}

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

/** `maops audit adopt`: gives an orphan an owner again, its lease. */
const adopt: Define = (command, run) => {
  command.argument('<id>', 'the id of the pool or notebook, or its name');
  offerReason(command, 'why; it is kept in the audit', 'adopted')
    .addHelpText('after', example('maops audit adopt team-a', "maops audit adopt team-a --reason 'still in use'"))
    .action((id: string, { reason }: { readonly reason: string }) =>
      run(async (context) => {
        const operations = await context.operations();
        context.onInterrupt('interrupted: the adoption goes on; `maops audit` says what came of it');
        const report = await operations.adopt(id, { reason }, { signal: context.interrupted });
        const adoption = adoptionOf(report, id);
        // It has counted, so a lease that does not answer at once is no failure.
        const lease = adoption === null ? null : await operations.progress(adoption.lease).catch(() => null);
        context.result(report, (shown) =>
          renderAdoption(id, adoptionOf(shown, id), lease?.lease ?? null, viewOf(context)),
        );
        return exitCodes.done;
      }),
    );
};

export const commands = { audit, adopt };
