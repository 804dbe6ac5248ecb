import { Argument } from 'commander';
import { type ResolveVerb, resolveVerbs } from '../../../contract/messages.js';
import { parseAssignment } from '../../../spec/source.js';
import { collect, type Define, example } from '../command.js';
import { exitCodes, UsageError } from '../exit.js';
import { renderProgress } from '../render/progress.js';
import { viewOf } from '../view.js';

interface Options {
  readonly reason: string;
  readonly set?: readonly string[];
}

/** `maops env resolve`: what becomes of a failed step that waits for an operator. */
export const envResolve: Define = (command, run) => {
  command
    .argument('<name>', 'the environment, or a workflow id')
    .addArgument(new Argument('<verb>', 'what to do with the failed step').choices([...resolveVerbs]))
    .requiredOption('--reason <text>', 'why; it is kept in the audit')
    .option('--set <path=value>', 'change the spec before a retry; may be given more than once', collect)
    .addHelpText(
      'after',
      example(
        "maops env resolve team-a retry --set pool.flavor=modelarts.vm.gpu.p4u8 --reason 'T4 is sold out'",
        "maops env resolve team-a rollback --reason 'try again tomorrow'",
      ),
    )
    .action((name: string, verb: ResolveVerb, options: Options) =>
      run(async (context) => {
        const changes = readChanges(options.set ?? []);
        if (changes !== null && verb !== 'retry') throw new UsageError('--set only goes with retry');
        const operations = await context.operations();
        const said = { reason: options.reason, ...(changes === null ? {} : { changes }) };
        const progress = await operations.resolve(name, verb, said);
        context.result(progress, renderProgress(progress, viewOf(context)));
        return exitCodes.done;
      }),
    );
};

function readChanges(settings: readonly string[]): Record<string, unknown> | null {
  if (settings.length === 0) return null;
  return Object.fromEntries(
    settings.map((setting) => {
      const assignment = parseAssignment(setting);
      if (assignment === null) throw new UsageError(`--set ${setting}: expected path=value, as pool.count=3`);
      return [assignment.path, assignment.value];
    }),
  );
}
