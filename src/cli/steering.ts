import type { Command } from 'commander';
import type { Audience, Steered } from '../client/bulk.js';
import type { CommandOptions } from '../client/call-types.js';
import type { Operations } from '../client/operations.js';
import { isUnanswered } from '../client/read-progress.js';
import type { Progress } from '../contract/progress.js';
import { visibleValue } from '../domain/visible-text.js';
import { canonicalJson } from '../spec/hash.js';
import { type Define, example } from './command.js';
import { askToContinue } from './confirmation.js';
import { type Context, noText, viewOf } from './context.js';
import { type ExitCode, exitCodes, UsageError } from './exit-codes.js';
import { limited } from './follow.js';
import { offerKey, requireReason } from './options.js';
import { type BulkRow, renderListed, renderSteered } from './output/bulk.js';
import { renderProgress } from './output/progress.js';

/** A command that says something to an operation, with a reason. */
interface Steering {
  readonly verb: string;
  /** A reason that somebody might give, for the example. */
  readonly reason: string;
  readonly steer: (operations: Operations, name: string, said: CommandOptions) => Promise<Progress>;
  /** False for a command that is safe to repeat without a key. @defaultValue true */
  readonly takesKey?: boolean;
  /** For what takes effect only after it was answered: that it counted, and what follows. */
  readonly counted?: Counted;
}

/** That a command counted, in one sentence about what it answered. */
type Counted = (answer: Progress) => string;

/** How long the state that follows is waited for. */
const consistencyWaitMs = 2_000;

/** Whom the command can be given to at once, with a query for the example. */
interface ToMany {
  readonly audience: Audience;
  readonly query: string;
}

/** What a command says besides its name. */
export interface CommandFlags {
  readonly reason: string;
  readonly key?: string;
}

/** Options of every command that can be given to many. */
export interface ManyOptions extends CommandFlags {
  readonly query?: string;
  readonly yes?: boolean;
}

/** Declares a command to one operation; it prints the progress that follows. */
export function defineSteering({ verb, reason, steer, counted }: Steering): Define {
  return (command, run) => {
    command.argument('<name>', 'the environment, or a workflow id such as pool/training-pool');
    offerKey(requireReason(command))
      .addHelpText('after', example(`maops env ${verb} team-a --reason '${reason}'`))
      .action((name: string, options: CommandFlags) =>
        run((context) =>
          steerOne(context, (operations) => steer(operations, name, commandOptionsOf(options)), counted),
        ),
      );
  };
}

/** As `defineSteering`, for commands that `--query` gives to many. */
export function defineSteeringOfMany(
  { verb, reason, steer, counted, takesKey = true }: Steering,
  { audience, query }: ToMany,
): Define {
  return (command, run) => {
    command.argument('[name]', 'the environment, or a workflow id such as pool/training-pool; or --query');
    addManyOptions(command);
    if (takesKey) offerKey(command);
    command
      .addHelpText(
        'after',
        example(
          `maops env ${verb} team-a --reason '${reason}'`,
          `maops env ${verb} --query '${query}' --reason '${reason}'`,
        ),
      )
      .action((name: string | undefined, options: ManyOptions) =>
        run((context) => {
          const said = commandOptionsOf(options);
          const target = targetOf(name, options);
          if ('name' in target) return steerOne(context, (operations) => steer(operations, target.name, said), counted);
          return steerMany(context, {
            verb,
            audience,
            ...target,
            steer: (operations, workflowId) => steer(operations, workflowId, said),
          });
        }),
      );
  };
}

export function commandOptionsOf({ reason, key }: CommandFlags): CommandOptions {
  return { reason, ...(key === undefined ? {} : { key }) };
}

export function addManyOptions(command: Command): Command {
  return requireReason(command)
    .option('--query <query>', 'instead of a name: every open operation that this List Filter of Temporal finds')
    .option('--yes', 'with --query: do not ask');
}

/** Either a name or a query: both would leave open which of them counts. */
export function targetOf(
  name: string | undefined,
  { query, yes = false }: ManyOptions,
): { readonly name: string } | { readonly query: string; readonly yes: boolean } {
  if (name !== undefined && query !== undefined) throw new UsageError(`${name} and --query: give one of them`);
  if (query?.trim() === '') throw new UsageError('--query is empty; an example is MaopsPhase="AwaitingOperator"');
  if (query !== undefined) return { query, yes };
  if (name === undefined) throw new UsageError('give the name of an environment, or --query for many');
  if (yes) throw new UsageError('--yes goes with --query; one environment is not asked about');
  return { name };
}

/** Gives the command to one operation and prints the progress that follows. */
export async function steerOne(
  context: Context,
  steer: (operations: Operations) => Promise<Progress>,
  counted?: Counted,
): Promise<ExitCode> {
  const operations = await context.operations();
  const answer = await steer(operations);
  if (counted !== undefined) context.notice(`${counted(answer)}${heldBack(answer)}`);
  const progress = counted === undefined || context.json ? answer : await stateAfter(context, operations, answer);
  context.result(progress, (shown) => renderProgress(shown, viewOf(context)));
  if (counted !== undefined) sayUnreadable(context, progress);
  else if (isUnanswered(progress)) context.notice('it is sent, and waits in Temporal until a worker takes it');
  return exitCodes.done;
}

/** A command that was answered has counted, also where nobody can tell what came of it. */
export function sayUnreadable(context: Context, progress: Progress): void {
  if (isUnanswered(progress)) context.notice('the command has counted; where the operation stands now cannot be read');
}

/** A pause holds back what an answer leads to; empty where there is none. */
function heldBack({ name, workflowId, phase }: Progress): string {
  if (phase !== 'Paused') return '';
  const target = workflowId === `env/${name}` ? name : workflowId;
  return `; not before its pause ends: \`maops env resume ${target} --reason …\``;
}

/** Phases in which nothing has followed from an answer yet. */
const waitingPhases: readonly string[] = ['AwaitingApproval', 'AwaitingOperator', 'Leased'];

/** What stands after an answer that was given before anything followed from it; the answer itself when nothing does soon. */
async function stateAfter({ interrupted }: Context, operations: Operations, answer: Progress): Promise<Progress> {
  if (!waitingPhases.includes(answer.phase) || isUnanswered(answer)) return answer;
  const { signal, clear } = limited(interrupted, consistencyWaitMs);
  const before = shownOf(answer);
  try {
    for await (const progress of operations.watch(answer.workflowId, { signal, everyMs: 200 }))
      if (shownOf(progress) !== before) return progress;
  } catch {
    // The command has counted: that its effect cannot be seen is no failure of it.
  } finally {
    clear();
  }
  return answer;
}

function shownOf({ phase, why, steps, awaiting, failure }: Progress): string {
  return canonicalJson({ phase, why, steps, awaiting, failure });
}

/** A command to everything that a query finds. */
export interface Bulk {
  /** The command as people know it: `pause`, `resolve rollback`. */
  readonly verb: string;
  readonly query: string;
  readonly audience: Audience;
  /** True when nobody has to be asked. */
  readonly yes: boolean;
  readonly steer: (operations: Operations, workflowId: string) => Promise<Progress>;
}

/** Shows the list, asks, acts, and tells of each what became of it; without a yes nothing is done. */
export async function steerMany(context: Context, { verb, query, audience, yes, steer }: Bulk): Promise<ExitCode> {
  const operations = await context.operations();
  const listed = await operations.matching(query, audience);
  const answer = (acted: boolean, runs: readonly BulkRow[], render: (runs: readonly BulkRow[]) => string) =>
    context.result({ verb, query, acted, runs }, (shown) => render(shown.runs));
  const untouched = listed.map((progress): BulkRow => ({ ...rowOf(progress), result: null, reason: null }));
  if (listed.length === 0) {
    context.notice(
      `no open operation matches ${query}${audience === 'makers' ? ', of those that make something' : ''}`,
    );
    answer(false, [], noText);
    return exitCodes.done;
  }
  const count = listed.length === 1 ? '1 operation' : `${listed.length} operations`;
  if (!yes) {
    answer(false, untouched, () => renderListed(visibleValue(listed), viewOf(context)));
    const answered = await askToContinue(context, `${verb}: ${count}?`, 'interrupted: nothing was done');
    if (answered !== true) {
      context.notice(
        answered === false
          ? 'nothing was done'
          : `nothing was done. To ${verb} ${count}, give the same command with --yes`,
      );
      return exitCodes.usage;
    }
  }
  context.onInterrupt(`interrupted: what is not listed as done was not told to ${verb}`);
  const why = new Map(listed.map((progress) => [progress.workflowId, progress]));
  const results = await operations.steerEach(
    listed,
    (workflowId) => steer(operations, workflowId),
    context.interrupted,
  );
  const rows = results.map((steered) => resultOf(steered, why.get(steered.workflowId)));
  answer(true, rows, (shown) => renderSteered(shown, viewOf(context)));
  const missed = rows.filter(({ result }) => result !== 'done').length;
  context.notice(`${verb}: ${rows.length - missed} done${missed === 0 ? '' : `, ${missed} not`}`);
  return missed === 0 ? exitCodes.done : exitCodes.failed;
}

function rowOf({ workflowId, name, phase, why }: Progress) {
  return { workflowId, name, phase, why };
}

/** What the command answered is newer than what was listed. */
function resultOf(
  { workflowId, name, phase, result, reason, progress }: Steered,
  listed: Progress | undefined,
): BulkRow {
  const why = progress?.why ?? listed?.why ?? '';
  return { workflowId, name, phase: progress?.phase ?? phase, why, result, reason };
}
