import { type Define, example } from '../command.js';
import { viewOf } from '../context.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { renderChecks } from '../output/checks.js';
import { renderProbe } from '../output/probe.js';
import { requireEmptyFolder } from '../recording-folder.js';

interface Options {
  readonly probe?: true;
  readonly record?: string;
}

/** `maops doctor`: one row per check; exit 1 if any fails, or if the probe finds what blocks work. */
const doctor: Define = (command, run) => {
  command
    .option('--probe', 'also make every kind of read-only call, and list what differs from the documentation')
    .option('--record <folder>', 'with --probe: write the responses without ids, names, addresses and secrets')
    .addHelpText('after', example('maops doctor', 'maops doctor --json', 'maops doctor --probe --record first-day'))
    .action((options: Options) =>
      run(async (context) => {
        const folder = options.record ?? null;
        if (folder !== null) {
          if (options.probe !== true) throw new UsageError('--record needs --probe');
          await requireEmptyFolder('--record', folder);
        }
        // An unreachable server takes time to fail.
        if (context.terminal.stderr.isTTY === true) context.notice('checking Temporal and ModelArts');
        const [{ runChecks }, { probeAccount }] = await Promise.all([
          import('./doctor-checks.js'),
          import('./doctor-probe.js'),
        ]);
        const checks = await runChecks(context);
        const isConfigured = checks.some(({ check, state }) => check === 'settings for ModelArts' && state === 'ok');
        const probed = options.probe === true && isConfigured ? await probeAccount(context, folder) : null;
        const ok = checks.every(({ state }) => state !== 'failed') && (probed?.blocked ?? []).length === 0;
        const probe = options.probe === true ? { probe: probed } : {};
        context.result({ ok, checks, ...probe }, (shown) =>
          [
            renderChecks(shown.checks, viewOf(context)),
            ...(shown.probe === undefined || shown.probe === null ? [] : [renderProbe(shown.probe, viewOf(context))]),
          ].join('\n\n'),
        );
        return ok ? exitCodes.done : exitCodes.failed;
      }),
    );
};

export const commands = { doctor };
