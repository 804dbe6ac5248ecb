import type { Command } from 'commander';
import type { CommandOptions } from '../client/api-types.js';
import type { BulkResult, BulkScope } from '../client/bulk.js';
import type { Operations } from '../client/operations.js';
import { isUnanswered } from '../client/unanswered.js';
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

/** A command to a running operation. */
interface Steering {
  readonly verb: string;
  /** The reason in the example. */
  readonly reason: string;
  readonly steer: (operations: Operations, name: string, command: CommandOptions) => Promise<Progress>;
  /** False for a command that is safe to repeat without a key. @defaultValue true */
  readonly takesKey?: boolean;
  /** The notice for a command whose effect follows only after it was accepted. */
  readonly accepted?: Accepted;
}

/** Describes in one sentence that a command was accepted, and what follows. */
type Accepted = (answer: Progress) => string;

/** How long to wait for the state that follows an accepted command. */
const effectMs = 2_000;

/** The operations that the command can be sent to in bulk, and the query in the example. */
interface ToMany {
  readonly audience: BulkScope;
  readonly query: string;
}

/** Options of every command to an operation. */
export interface CommandFlags {
  readonly reason: string;
  readonly key?: string;
}

/** Options of every command that can be sent in bulk. */
export interface ManyOptions extends CommandFlags {
  readonly query?: string;
  readonly yes?: boolean;
}

/** Declares a command to one operation. It prints the progress that follows. */
export function defineSteering({ verb, reason, steer, accepted }: Steering): Define {
  return (command, run) => {
    command.argument('<name>', 'the environment, or a workflow id such as pool/training-pool');
    offerKey(requireReason(command))
      .addHelpText('after', example(`maops env ${verb} team-a --reason '${reason}'`))
      .action((name: string, options: CommandFlags) =>
        run((context) =>
          steerOne(context, (operations) => steer(operations, name, commandOptionsOf(options)), accepted),
        ),
      );
  };
}

/** As `defineSteering`, for commands that can also be sent in bulk with `--query`. */
export function defineSteeringOfMany(
  { verb, reason, steer, accepted, takesKey = true }: Steering,
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
          const sent = commandOptionsOf(options);
          const target = targetOf(name, options);
          if ('name' in target)
            return steerOne(context, (operations) => steer(operations, target.name, sent), accepted);
          return steerMany(context, {
            verb,
            audience,
            ...target,
            steer: (operations, workflowId) => steer(operations, workflowId, sent),
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
    .option('--query <query>', 'instead of a name: every open operation that matches this Temporal List Filter')
    .option('--yes', 'with --query: do not ask for confirmation');
}

/** Reads the target of a command: either a name or a query. */
export function targetOf(
  name: string | undefined,
  { query, yes = false }: ManyOptions,
): { readonly name: string } | { readonly query: string; readonly yes: boolean } {
  if (name !== undefined && query !== undefined) throw new UsageError(`${name} and --query: choose one`);
  if (query?.trim() === '')
    throw new UsageError('--query is empty; use a List Filter such as MaopsPhase="AwaitingOperator"');
  if (query !== undefined) return { query, yes };
  if (name === undefined) throw new UsageError('give the name of an environment, or --query for several');
  if (yes) throw new UsageError('--yes needs --query: a command to one environment asks nothing');
  return { name };
}

/** Sends a command to one operation and prints the progress that follows. */
export async function steerOne(
  context: Context,
  steer: (operations: Operations) => Promise<Progress>,
  accepted?: Accepted,
): Promise<ExitCode> {
  const operations = await context.operations();
  const answer = await steer(operations);
  if (accepted !== undefined) context.notice(`${accepted(answer)}${pauseNote(answer)}`);
  const progress = accepted === undefined || context.json ? answer : await stateAfter(context, operations, answer);
  context.result(progress, (shown) => renderProgress(shown, viewOf(context)));
  if (accepted !== undefined) reportUnreadable(context, progress);
  else if (isUnanswered(progress)) context.notice('sent; it takes effect when a worker is available');
  return exitCodes.done;
}

/** Reports that a command was accepted although the progress after it cannot be read. */
export function reportUnreadable(context: Context, progress: Progress): void {
  if (isUnanswered(progress))
    context.notice('the command was accepted, but the progress of the operation cannot be read now');
}

/** A note that the effect waits for the end of a pause; empty when not paused. */
function pauseNote({ name, workflowId, phase }: Progress): string {
  if (phase !== 'Paused') return '';
  const target = workflowId === `env/${name}` ? name : workflowId;
  return `. It is paused; resume it first: \`maops env resume ${target} --reason …\``;
}

/** Phases in which an accepted command has had no effect yet. */
const waitingPhases: readonly string[] = ['AwaitingApproval', 'AwaitingOperator', 'Leased'];

/** Waits shortly for the effect of an accepted command. Returns the progress with the effect, else the answer. */
async function stateAfter({ interrupted }: Context, operations: Operations, answer: Progress): Promise<Progress> {
  if (!waitingPhases.includes(answer.phase) || isUnanswered(answer)) return answer;
  const { signal, clear } = limited(interrupted, effectMs);
  const before = shownOf(answer);
  try {
    for await (const progress of operations.watch(answer.workflowId, { signal, everyMs: 200 }))
      if (shownOf(progress) !== before) return progress;
  } catch {
    // The command was accepted, so an unreadable effect is not a failure.
  } finally {
    clear();
  }
  return answer;
}

function shownOf({ phase, why, steps, awaiting, failure }: Progress): string {
  return canonicalJson({ phase, why, steps, awaiting, failure });
}

/** A command to every operation that a query finds. */
export interface Bulk {
  /** Such as `pause` or `resolve rollback`. */
  readonly verb: string;
  readonly query: string;
  readonly audience: BulkScope;
  /** True to skip the confirmation. */
  readonly yes: boolean;
  readonly steer: (operations: Operations, workflowId: string) => Promise<Progress>;
}

/** Lists the operations, asks for confirmation, sends the command to each and prints the results. */
export async function steerMany(context: Context, { verb, query, audience, yes, steer }: Bulk): Promise<ExitCode> {
  const operations = await context.operations();
  const listed = await operations.matching(query, audience);
  const answer = (acted: boolean, runs: readonly BulkRow[], render: (runs: readonly BulkRow[]) => string) =>
    context.result({ verb, query, acted, runs }, (shown) => render(shown.runs));
  const untouched = listed.map((progress): BulkRow => ({ ...rowOf(progress), result: null, reason: null }));
  if (listed.length === 0) {
    const kind = audience === 'creating' ? 'open create operation' : 'open operation';
    context.notice(`no ${kind} matches ${query}`);
    answer(false, [], noText);
    return exitCodes.done;
  }
  const count = listed.length === 1 ? '1 operation' : `${listed.length} operations`;
  if (!yes) {
    answer(false, untouched, () => renderListed(visibleValue(listed), viewOf(context)));
    const answered = await askToContinue(context, `${verb}: ${count}?`, 'interrupted: nothing was done');
    if (answered !== true) {
      context.notice(answered === false ? 'nothing was done' : `nothing was done. To ${verb} ${count}, add --yes`);
      return exitCodes.usage;
    }
  }
  context.onInterrupt('interrupted: the command may not have reached operations without `done`');
  const why = new Map(listed.map((progress) => [progress.workflowId, progress]));
  const results = await operations.steerEach(
    listed,
    (workflowId) => steer(operations, workflowId),
    context.interrupted,
  );
  const rows = results.map((steered) => resultOf(steered, why.get(steered.workflowId)));
  answer(true, rows, (shown) => renderSteered(shown, viewOf(context)));
  const missed = rows.filter(({ result }) => result !== 'done').length;
  context.notice(`${verb}: ${rows.length - missed} done${missed === 0 ? '' : `, ${missed} not done`}`);
  return missed === 0 ? exitCodes.done : exitCodes.failed;
}

function rowOf({ workflowId, name, phase, why }: Progress) {
  return { workflowId, name, phase, why };
}

/** Prefers the progress that the command returned, which is newer than the list. */
function resultOf(
  { workflowId, name, phase, result, reason, progress }: BulkResult,
  listed: Progress | undefined,
): BulkRow {
  const why = progress?.why ?? listed?.why ?? '';
  return { workflowId, name, phase: progress?.phase ?? phase, why, result, reason };
}
