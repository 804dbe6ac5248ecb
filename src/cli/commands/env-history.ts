import { nameOf } from '../../client/name.js';
import { parseOperationId } from '../../contract/ids.js';
import { type Define, example } from '../command.js';
import type { Context } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { renderStory, renderTimeline } from '../output/timeline.js';
import { viewOf } from '../view.js';

/** `maops env history`: phases, calls with their retries, and commands, as Temporal recorded them. */
export const envHistory: Define = (command, run) => {
  command
    .argument('<name>', 'the environment, or a workflow id such as env/team-a')
    .option(
      '--all',
      'everything of the name: its operations, leases, teardowns and changes, as far back as Temporal keeps them',
    )
    .addHelpText('after', example('maops env history team-a', 'maops env history team-a --all'))
    .action((name: string, { all = false }: { readonly all?: boolean }) =>
      run((context) => (all ? tellStory(context, name) : tellRun(context, name))),
    );
};

async function tellRun(context: Context, name: string): Promise<ExitCode> {
  const history = await (await context.operations()).history(name);
  context.result(history, ({ workflowId, entries }) => `${workflowId}\n\n${renderTimeline(entries, viewOf(context))}`);
  const id = parseOperationId(history.workflowId);
  if (id !== null && id.kind !== 'env' && id.name === name)
    context.notice(`this is ${history.workflowId}; for everything of ${name}: maops env history ${name} --all`);
  return exitCodes.done;
}

async function tellStory(context: Context, name: string): Promise<ExitCode> {
  const entries = await (await context.operations()).story(name);
  context.result({ name: nameOf(name), entries }, (shown) => renderStory(shown.entries, viewOf(context)));
  return exitCodes.done;
}
