import type { ExtendOptions } from '../../client/call-types.js';
import { nameOf } from '../../client/name.js';
import { type ResolveVerb, resolveVerbs } from '../../contract/messages.js';
import { parseRfc3339 } from '../../domain/rfc3339.js';
import { parseAssignment } from '../../spec/source.js';
import { type Define, example } from '../command.js';
import { viewOf } from '../context.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { collect, offerKey, offerReason, readDuration, requireReason } from '../options.js';
import { renderProgress } from '../output/progress.js';
import { formatTime } from '../output/time.js';
import {
  addManyOptions,
  type CommandFlags,
  commandOptionsOf,
  defineSteering,
  defineSteeringOfMany,
  type ManyOptions,
  sayUnreadable,
  steerMany,
  steerOne,
  targetOf,
} from '../steering.js';

/** `maops env pause`: no create or delete is sent until it is resumed. */
const pause = defineSteeringOfMany(
  {
    verb: 'pause',
    reason: 'quota is being raised',
    steer: (operations, name, said) => operations.pause(name, said),
  },
  { audience: 'everyone', query: 'MaopsEnvironment STARTS_WITH "team-"' },
);

/** `maops env resume`: goes on after a pause. */
const resume = defineSteeringOfMany(
  {
    verb: 'resume',
    reason: 'quota was raised',
    steer: (operations, name, said) => operations.resume(name, said),
  },
  { audience: 'everyone', query: 'MaopsPhase="Paused"' },
);

/** `maops env cancel`: the operation undoes what it made, or keeps it, by its spec. */
const cancel = defineSteeringOfMany(
  {
    verb: 'cancel',
    reason: 'not needed any more',
    steer: (operations, name, said) => operations.cancel(name, said),
    takesKey: false,
  },
  { audience: 'makers', query: 'MaopsPhase="AwaitingCapacity"' },
);

/** `maops env approve`: the answer that an operation with `approval` waits for. */
const approve = defineSteeringOfMany(
  {
    verb: 'approve',
    reason: 'budget checked',
    steer: (operations, name, said) => operations.approve(name, said),
    counted: ({ workflowId }) => `approved: ${workflowId} goes on`,
  },
  { audience: 'makers', query: 'MaopsPhase="AwaitingApproval"' },
);

/** `maops env reject`: ends an operation that waits for approval. */
const reject = defineSteeringOfMany(
  {
    verb: 'reject',
    reason: 'no budget',
    steer: (operations, name, said) => operations.reject(name, said),
    counted: ({ workflowId }) => `rejected: ${workflowId} ends, and makes nothing`,
  },
  { audience: 'makers', query: 'MaopsPhase="AwaitingApproval"' },
);

/** `maops env release`: ends the lease, which then tears the environment down. */
const release = defineSteering({
  verb: 'release',
  reason: 'project finished',
  steer: (operations, name, said) => operations.release(name, said),
  counted: ({ workflowId }) => `released: ${workflowId} removes what it owns`,
});

interface Options extends ManyOptions {
  readonly set?: readonly string[];
}

/** `maops env resolve`: what becomes of a failed step that waits for an operator. */
const resolve: Define = (command, run) => {
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

/** `maops env try-now`: tries at once whatever waits for its next try, also in the operation that is in the way. */
const tryNow: Define = (command, run) => {
  command.argument('<name>', 'the environment, or a workflow id such as teardown/team-a');
  offerKey(offerReason(command, 'why; it is kept in the audit', 'try now'))
    .addHelpText('after', example(`maops env try-now team-a --reason 'the service is back'`))
    .action((name: string, options: CommandFlags) =>
      run(async (context) => {
        const tried = await (await context.operations()).tryNow(name, commandOptionsOf(options));
        context.result(tried, (shown) =>
          shown.map(({ workflowId, hurries }) => `${workflowId}: trying now: ${hurries.join('; ')}`).join('\n'),
        );
        return exitCodes.done;
      }),
    );
};

interface Options {
  readonly reason: string;
  readonly until?: string;
  readonly key?: string;
}

/** `maops env extend`: moves the end of the lease, up to its maximum. */
const extend: Define = (command, run) => {
  command
    .argument('<name>', 'the environment')
    .argument('[duration]', 'how much later the lease ends, such as 4h or 1h30m; or --until')
    .option('--until <time>', 'when the lease ends at the earliest, such as 2026-12-01T18:00:00Z; safe to repeat');
  offerKey(requireReason(command))
    .addHelpText(
      'after',
      example(
        "maops env extend team-a 4h --reason 'training runs late'",
        "maops env extend team-a --until 2026-12-01T18:00:00+08:00 --reason 'training runs late'",
      ),
    )
    .action((name: string, duration: string | undefined, { reason, until, key }: Options) =>
      run(async (context) => {
        const wish = wishOf(duration, until);
        const operations = await context.operations();
        const said = { reason, ...(key === undefined ? {} : { key }) };
        const extended = await operations.extendLease(name, wish, said);
        const { endsAt } = extended.lease;
        const { timeZone } = context.terminal;
        if (endsAt !== null) context.notice(`${nameOf(name)} lasts until ${formatTime(endsAt, timeZone)}`);
        const progress = await extended.progress();
        context.result(progress, (shown) => renderProgress(shown, viewOf(context)));
        sayUnreadable(context, progress);
        return exitCodes.done;
      }),
    );
};

function wishOf(duration: string | undefined, until: string | undefined): ExtendOptions {
  if ((duration === undefined) === (until === undefined))
    throw new UsageError('give either how much later the lease ends, such as 4h, or --until TIME');
  if (duration !== undefined) {
    if (readDuration('extend', duration) === 0) throw new UsageError(`extend ${duration}: it must be more than 0`);
    return { duration };
  }
  const time = until ?? '';
  if (parseRfc3339(time) === null)
    throw new UsageError(`--until ${time}: it must be a time with a zone, such as 2026-12-01T18:00:00Z`);
  return { until: time };
}

export const commands = { pause, resume, cancel, approve, reject, resolve, 'try-now': tryNow, extend, release };
