import { ServerUnreachableError, WorkerUnreachableError } from '../../client/errors.js';
import { ConfigError } from '../../config/env.js';
import { type AuditReport, makeReport, needsAction } from '../../domain/audit/report.js';
import { describeDuration } from '../../domain/duration.js';
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

/** `maops audit`: the owner, the ownership status and the cost of every pool and notebook in the project. */
const audit: Define = (command, run) => {
  command
    .option('--cloud-only', 'read only the cloud, not Temporal: ages, costs and markers, but no owners')
    .option('--check', 'exit 1 when something needs action')
    .option('--timeout <duration>', 'stop waiting after this time (exit 8); the audit continues')
    .addHelpText('after', example('maops audit', 'maops audit --check --json', 'maops audit adopt team-a'))
    .action((options: Options) => run((context) => perform(context, options)));
};

async function perform(context: Context, { cloudOnly, check, timeout: limit }: Options): Promise<ExitCode> {
  const timeoutMs = readDuration('--timeout', limit);
  if (cloudOnly === true) {
    if (timeoutMs !== null) throw new UsageError('--timeout has no effect with --cloud-only: choose one');
    return printAudit(context, await auditCloud(context), check === true);
  }
  context.onInterrupt('interrupted: the audit is still running; it changes nothing');
  const { signal, clear } = limited(context.interrupted, timeoutMs);
  try {
    return printAudit(context, await auditOrCloud(context, signal), check === true);
  } catch (error) {
    // Any other error than the time limit means that no audit is running.
    if (error !== signal.reason || context.interrupted.aborted) throw error;
    context.notice(
      `timed out after ${describeDuration(timeoutMs ?? 0)}: the audit is still running; it changes nothing`,
    );
    return exitCodes.unfinished;
  } finally {
    clear();
  }
}

/** Reads only the cloud: ages, costs and markers. The owners stay unknown. */
async function auditCloud(context: Context): Promise<AuditReport> {
  const [{ readProject }, { realSleep }, { readPrices }, { installation, prices }] = await Promise.all([
    import('../../inventory/reader.js'),
    import('../../modelarts/timing.js'),
    import('../../worker/prices.js'),
    context.config(),
  ]);
  const table = readPrices(prices);
  const now = context.terminal.now;
  const deps = { modelarts: await context.modelarts(), now, sleep: realSleep };
  const inventory = await readProject(deps, context.interrupted);
  return makeReport({ inventory, ownerships: null, installation, prices: table, now: inventory.at });
}

/**
 * Asks the workers for an audit. Reads only the cloud, with a notice, when Temporal or the workers cannot be reached.
 */
async function auditOrCloud(context: Context, signal: AbortSignal): Promise<AuditReport> {
  try {
    return await (await context.operations()).audit({ signal });
  } catch (error) {
    if (!(error instanceof ServerUnreachableError) && !(error instanceof WorkerUnreachableError)) throw error;
    await context.modelarts().catch((failed: unknown) => {
      // Without settings for ModelArts, the problem with Temporal is the one to report.
      throw failed instanceof ConfigError ? error : failed;
    });
    context.notice(`${error.message}. Reading only the cloud, so the owners are unknown.`);
    return await auditCloud(context);
  }
}

/** Prints a report. With `check` the exit code is 1 when something needs action. */
function printAudit(context: Context, report: AuditReport, check: boolean): ExitCode {
  context.result(report, (shown) => renderAudit(shown, viewOf(context)));
  return check && needsAction(report) ? exitCodes.failed : exitCodes.done;
}

/** `maops audit adopt`: gives an orphan a lease that owns it. */
const adopt: Define = (command, run) => {
  command.argument('<id>', 'id or name of the pool or notebook');
  offerReason(command, 'why; recorded in the audit', 'adopted')
    .addHelpText('after', example('maops audit adopt team-a', "maops audit adopt team-a --reason 'still in use'"))
    .action((id: string, { reason }: { readonly reason: string }) =>
      run(async (context) => {
        const operations = await context.operations();
        context.onInterrupt('interrupted: the adoption is still running; `maops audit` shows the result');
        const report = await operations.adopt(id, { reason }, { signal: context.interrupted });
        const adoption = adoptionOf(report, id);
        // The adoption is done, so a lease that does not answer yet is not a failure.
        const lease = adoption === null ? null : await operations.progress(adoption.lease).catch(() => null);
        context.result(report, (shown) =>
          renderAdoption(id, adoptionOf(shown, id), lease?.lease ?? null, viewOf(context)),
        );
        return exitCodes.done;
      }),
    );
};

export const commands = { audit, adopt };
