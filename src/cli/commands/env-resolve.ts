import { type ResolveVerb, resolveVerbs } from '../../contract/messages.js';
import { parseAssignment } from '../../spec/source.js';
import { steerMany } from '../bulk.js';
import { collect, type Define, example, offerKey } from '../command.js';
import { UsageError } from '../exit-codes.js';
import { addManyOptions, commandOptionsOf, type ManyOptions, steerOne, targetOf } from '../steering.js';

interface Options extends ManyOptions {
  readonly set?: readonly string[];
}

/** `maops env resolve`: what becomes of a failed step that waits for an operator. */
export const envResolve: Define = (command, run) => {
  command
    .usage('[options] <name> <verb>\n       maops env resolve [options] --query <query> <verb>')
    .argument('[name]', 'the environment, or a workflow id; or --query')
    .argument('[verb]', `what to do with the failed step: ${resolveVerbs.join(', ')}`);
  offerKey(addManyOptions(command))
    .option('--set <path=value>', 'change the spec before a retry; may be given more than once', collect)
    .addHelpText(
      'after',
      example(
        "maops env resolve team-a retry --set pool.flavor=modelarts.vm.gpu.p4u8 --reason 'T4 is sold out'",
        "maops env resolve team-a rollback --reason 'try again tomorrow'",
        `maops env resolve retry --query 'MaopsPhase="AwaitingOperator"' --reason 'quota was raised'`,
      ),
    )
    .action((first: string | undefined, second: string | undefined, options: Options) =>
      run((context) => {
        // With a query there is no name, so the verb comes first.
        const [name, word] = options.query !== undefined && second === undefined ? [second, first] : [first, second];
        const target = targetOf(name, options);
        const verb = readVerb(word);
        const changes = readChanges(options.set ?? []);
        if (changes !== null && verb !== 'retry') throw new UsageError('--set only goes with retry');
        const said = { ...commandOptionsOf(options), ...(changes === null ? {} : { changes }) };
        if ('name' in target) {
          return steerOne(
            context,
            (operations) => operations.resolve(target.name, verb, said),
            ({ workflowId }) => `${verb} counted: ${workflowId} ${followsFrom(verb, options.set ?? [])}`,
          );
        }
        return steerMany(context, {
          verb: `resolve ${verb}`,
          audience: 'makers',
          ...target,
          steer: (operations, workflowId) => operations.resolve(workflowId, verb, said),
        });
      }),
    );
};

/** What becomes of the operation now. */
function followsFrom(verb: ResolveVerb, settings: readonly string[]): string {
  switch (verb) {
    case 'retry':
      return settings.length === 0 ? 'tries the step again' : `goes on with ${settings.join(', ')}`;
    case 'rollback':
      return 'undoes what it made';
    case 'abandon':
      return 'ends, and a lease keeps what it made';
    case 'skip':
      return 'goes on without the step';
  }
}

function readVerb(word: string | undefined): ResolveVerb {
  const verb = resolveVerbs.find((known) => known === word);
  if (verb !== undefined) return verb;
  const said = word === undefined ? 'say what to do with the failed step' : `${word} is no answer to a failed step`;
  throw new UsageError(`${said}: ${resolveVerbs.join(', ')}`);
}

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
