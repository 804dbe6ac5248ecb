import { nameOf, parseOperationId } from '../../contract/ids.js';
import { phases } from '../../contract/phases.js';
import { type Define, example } from '../command.js';
import { type Context, viewOf } from '../context.js';
import { type ExitCode, exitCodes, UsageError } from '../exit-codes.js';
import { followToEnd } from '../follow.js';
import { readDuration } from '../options.js';
import { renderEnvironments, renderSummaries } from '../output/environments.js';
import { renderExplanation } from '../output/explanation.js';
import { renderHistory, renderRunHistory } from '../output/history.js';
import { renderProgress } from '../output/progress.js';
import { defineChange } from '../shared-commands.js';

interface ListOptions {
  readonly phase?: string;
  readonly overdue?: boolean;
  readonly details?: boolean;
}

/** `maops env list`: one row per environment. */
const list: Define = (command, run) => {
  command
    .option('--phase <phase>', 'only environments in this phase')
    .option('--overdue', 'only environments whose removal takes longer than `deadlines.undo`')
    .option('--details', 'also nodes, notebook, protection and reason; asks every environment, about 30 in a second')
    .addHelpText(
      'after',
      example('maops env list', 'maops env list --details', 'maops env list --phase AwaitingOperator --json'),
    )
    .action(({ phase, overdue = false, details = false }: ListOptions) =>
      run(async (context) => {
        if (phase !== undefined && !phases.some((known) => known === phase)) {
          throw new UsageError(`--phase ${phase}: must be one of ${phases.join(', ')}`);
        }
        const isShown = (environment: { readonly phase: string }) => phase === undefined || environment.phase === phase;
        const operations = await context.operations();
        if (details) {
          const all = await operations.details({ overdue, onAsked: makeCounter(context) });
          context.result(all.filter(isShown), (shown) => renderEnvironments(shown, viewOf(context)));
        } else {
          const all = await operations.list({ overdue });
          context.result(all.filter(isShown), (shown) => renderSummaries(shown, viewOf(context)));
        }
        return exitCodes.done;
      }),
    );
};

/** A pause between two notices about long work. */
const noticeMs = 5_000;

/** Reports how many environments were asked, every few seconds. */
function makeCounter(context: Context): (asked: number, all: number) => void {
  let last = context.terminal.now();
  return (asked, all) => {
    const now = context.terminal.now();
    if (now - last < noticeMs) return;
    last = now;
    context.notice(`asked ${asked} of ${all} environments`);
  };
}

/** `maops env show`: the progress of the run that the name means now. */
const show: Define = (command, run) => {
  command
    .argument('<name>', 'the environment, or a workflow id such as env/team-a')
    .addHelpText('after', example('maops env show team-a', 'maops env show team-a --json'))
    .action((name: string) =>
      run(async (context) => {
        const progress = await (await context.operations()).progress(name);
        context.result(progress, (shown) => renderProgress(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};

/** `maops env watch`: follows the run that the name means to its end, and exits with the code of the ending. */
const watch: Define = (command, run) => {
  command
    .argument('<name>', 'the environment, or a workflow id such as pool/training-pool')
    .option('--timeout <duration>', 'stop watching after this time (exit 8); the operation continues')
    .addHelpText('after', example('maops env watch team-a', 'maops env watch team-a --json --timeout 90m'))
    .action((name: string, options: { readonly timeout?: string }) =>
      run(async (context) => {
        const timeoutMs = readDuration('--timeout', options.timeout);
        const { workflowId } = await (await context.operations()).locate(name);
        const lease = parseOperationId(workflowId);
        if (lease?.kind === 'lease' && name === lease.name) {
          context.notice(`watching ${workflowId}, which owns the resources, until it ends`);
        }
        return await followToEnd(context, workflowId, { attention: 'changes', timeoutMs });
      }),
    );
};

/** `maops env history`: the phases, calls with retries, and commands that Temporal recorded. */
const history: Define = (command, run) => {
  command
    .argument('<name>', 'the environment, or a workflow id such as env/team-a')
    .option('--all', 'every run of the name that Temporal still keeps: operations, leases, teardowns and changes')
    .addHelpText('after', example('maops env history team-a', 'maops env history team-a --all'))
    .action((name: string, { all = false }: { readonly all?: boolean }) =>
      run((context) => (all ? showAllRuns(context, name) : showOneRun(context, name))),
    );
};

async function showOneRun(context: Context, name: string): Promise<ExitCode> {
  const history = await (await context.operations()).history(name);
  context.result(
    history,
    ({ workflowId, entries }) => `${workflowId}\n\n${renderRunHistory(entries, viewOf(context))}`,
  );
  const id = parseOperationId(history.workflowId);
  if (id !== null && id.kind !== 'env' && id.name === name)
    context.notice(`this is the history of ${history.workflowId}; all runs: maops env history ${name} --all`);
  return exitCodes.done;
}

async function showAllRuns(context: Context, name: string): Promise<ExitCode> {
  const entries = await (await context.operations()).fullHistory(name);
  context.result({ name: nameOf(name), entries }, (shown) => renderHistory(shown.entries, viewOf(context)));
  return exitCodes.done;
}

/** `maops env why`: explains the state of an operation, and what to do next. */
const why: Define = (command, run) => {
  command
    .argument('<name>', 'the environment, or a workflow id')
    .addHelpText('after', example('maops env why team-a'))
    .action((name: string) =>
      run(async (context) => {
        const { readPrices } = await import('../../worker/prices.js');
        const prices = readPrices((await context.config()).prices);
        const explanation = await (await context.operations()).why(name, 'env', { prices });
        context.result(explanation, (shown) => renderExplanation(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};

/** `maops env protect`: marks the pool and the notebook in a workflow, and waits until both show the mark. */
const protect: Define = (command, run) => defineChange(command, run, 'environment', 'protect', 'the demo is on Friday');

/** `maops env unprotect`: removes the mark from the pool and the notebook. */
const unprotect: Define = (command, run) => defineChange(command, run, 'environment', 'unprotect', 'the demo is over');

export const commands = { list, show, watch, history, why, protect, unprotect };
