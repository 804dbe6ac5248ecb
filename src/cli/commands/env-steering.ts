import { type ResolveVerb, resolveVerbs } from '../../contract/messages.js';
import { type Define, example } from '../command.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { collect, offerKey, offerReason } from '../options.js';
import {
  addManyOptions,
  type CommandFlags,
  commandOptionsOf,
  defineSteeringOfMany,
  type ManyOptions,
  steerMany,
  steerOne,
  targetOf,
} from '../steering.js';

/** `maops env pause`: sends no create or delete until resumed. */
const pause = defineSteeringOfMany(
  {
    verb: 'pause',
    reason: 'quota is being raised',
    steer: (operations, name, command) => operations.pause(name, command),
  },
  { audience: 'everyone', query: 'MaopsEnvironment STARTS_WITH "team-"' },
);

/** `maops env resume`: continues after a pause. */
const resume = defineSteeringOfMany(
  {
    verb: 'resume',
    reason: 'quota was raised',
    steer: (operations, name, command) => operations.resume(name, command),
  },
  { audience: 'everyone', query: 'MaopsPhase="Paused"' },
);

/** `maops env cancel`: cancels the operation, which then rolls back or keeps its resources, as its spec asks. */
const cancel = defineSteeringOfMany(
  {
    verb: 'cancel',
    reason: 'not needed any more',
    steer: (operations, name, command) => operations.cancel(name, command),
    takesKey: false,
  },
  { audience: 'creating', query: 'MaopsPhase="AwaitingCapacity"' },
);

/** `maops env approve`: approves an operation that awaits approval. */
const approve = defineSteeringOfMany(
  {
    verb: 'approve',
    reason: 'budget checked',
    steer: (operations, name, command) => operations.approve(name, command),
    accepted: ({ workflowId }) => `approved: ${workflowId} continues`,
  },
  { audience: 'creating', query: 'MaopsPhase="AwaitingApproval"' },
);

/** `maops env reject`: ends an operation that awaits approval. */
const reject = defineSteeringOfMany(
  {
    verb: 'reject',
    reason: 'no budget',
    steer: (operations, name, command) => operations.reject(name, command),
    accepted: ({ workflowId }) => `rejected: ${workflowId} ends without creating anything`,
  },
  { audience: 'creating', query: 'MaopsPhase="AwaitingApproval"' },
);

interface ResolveOptions extends ManyOptions {
  readonly set?: readonly string[];
}

/** `maops env resolve`: decides how an operation continues after a failed step. */
const resolve: Define = (command, run) => {
  command
    .usage('[options] <name> <verb>\n       maops env resolve [options] --query <query> <verb>')
    .argument('[name]', 'the environment, or a workflow id; or --query')
    .argument('[verb]', `what to do with the failed step: ${resolveVerbs.join(', ')}`);
  offerKey(addManyOptions(command))
    .option('--set <path=value>', 'change the spec before a retry; repeatable', collect)
    .addHelpText(
      'after',
      example(
        "maops env resolve team-a retry --set pool.flavor=modelarts.vm.gpu.p4u8 --reason 'T4 is sold out'",
        "maops env resolve team-a rollback --reason 'try again tomorrow'",
        `maops env resolve retry --query 'MaopsPhase="AwaitingOperator"' --reason 'quota was raised'`,
      ),
    )
    .action((first: string | undefined, second: string | undefined, options: ResolveOptions) =>
      run(async (context) => {
        // With --query the first argument is the verb.
        const [name, word] = options.query !== undefined && second === undefined ? [second, first] : [first, second];
        const target = targetOf(name, options);
        const verb = readVerb(word);
        const changes = await readChanges(options.set ?? []);
        if (changes !== null && verb !== 'retry') throw new UsageError('--set needs the verb retry');
        const sent = { ...commandOptionsOf(options), ...(changes === null ? {} : { changes }) };
        if ('name' in target) {
          return await steerOne(
            context,
            (operations) => operations.resolve(target.name, verb, sent),
            ({ workflowId }) => `${verb} accepted: ${workflowId} ${effectOf(verb, options.set ?? [])}`,
          );
        }
        return await steerMany(context, {
          verb: `resolve ${verb}`,
          audience: 'creating',
          ...target,
          steer: (operations, workflowId) => operations.resolve(workflowId, verb, sent),
        });
      }),
    );
};

/** What the operation does next. */
function effectOf(verb: ResolveVerb, settings: readonly string[]): string {
  switch (verb) {
    case 'retry':
      return settings.length === 0 ? 'retries the step' : `continues with ${settings.join(', ')}`;
    case 'rollback':
      return 'rolls back';
    case 'abandon':
      return 'ends, and a lease keeps its resources';
    case 'skip':
      return 'continues without the step';
  }
}

function readVerb(word: string | undefined): ResolveVerb {
  const verb = resolveVerbs.find((known) => known === word);
  if (verb !== undefined) return verb;
  const problem = word === undefined ? 'the verb is missing' : `${word} is not a verb`;
  throw new UsageError(`${problem}: give one of ${resolveVerbs.join(', ')}`);
}

async function readChanges(settings: readonly string[]): Promise<Record<string, unknown> | null> {
  if (settings.length === 0) return null;
  const { parseAssignment } = await import('../../spec/source.js');
  return Object.fromEntries(
    settings.map((setting) => {
      const assignment = parseAssignment(setting);
      if (assignment === null) throw new UsageError(`--set ${setting}: must be path=value, such as pool.count=3`);
      return [assignment.path, assignment.value];
    }),
  );
}

/** `maops env try-now`: ends the pause before the next attempt, also in an operation that this one waits for. */
const tryNow: Define = (command, run) => {
  command.argument('<name>', 'the environment, or a workflow id such as teardown/team-a');
  offerKey(offerReason(command, 'why; recorded in the audit', 'try now'))
    .addHelpText('after', example(`maops env try-now team-a --reason 'the service is back'`))
    .action((name: string, options: CommandFlags) =>
      run(async (context) => {
        const tried = await (await context.operations()).tryNow(name, commandOptionsOf(options));
        context.result(tried, (shown) =>
          shown.map(({ workflowId, retried }) => `${workflowId}: retrying now: ${retried.join('; ')}`).join('\n'),
        );
        return exitCodes.done;
      }),
    );
};

export const commands = { pause, resume, cancel, approve, reject, resolve, 'try-now': tryNow };
