import { describeDuration } from '../../domain/duration.js';
import { answerAudit, auditCloud, auditOrCloud } from '../auditing.js';
import { type Define, example } from '../command.js';
import type { Context } from '../context.js';
import { type ExitCode, exitCodes, UsageError } from '../exit-codes.js';
import { limited, readDuration } from '../following.js';

interface Options {
  readonly cloudOnly?: boolean;
  readonly check?: boolean;
  readonly timeout?: string;
}

/** `maops audit`: whose every pool and notebook of the project is, how it stands, and what it costs. */
export const audit: Define = (command, run) => {
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
