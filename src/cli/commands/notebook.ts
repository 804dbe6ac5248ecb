import { OperationNotFoundError, OperationRefusedError } from '../../client/errors.js';
import { findNotebook, listNotebooks } from '../../inventory/listing.js';
import type { NotebookRow } from '../../inventory/notebook-facts.js';
import { type Define, example } from '../command.js';
import { type Context, viewOf } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { renderNotebook, renderNotebooks } from '../output/resources.js';
import { defineChange, defineCreate, defineDelete } from '../shared-commands.js';

/**
 * `maops notebook open`: prints the URL with a fresh access token. The token is a secret: it is fetched for this one
 * line and stored nowhere.
 */
const open: Define = (command, run) => {
  command
    .argument('<name>', "the notebook's name or id")
    .addHelpText('after', example('maops notebook open team-a'))
    .action((name: string) =>
      run(async (context) => {
        const notebook = await requireNotebook(context, name);
        if (notebook.status !== 'RUNNING' || notebook.url === null) {
          throw new OperationRefusedError(
            `notebook ${notebook.name} is ${notebook.status ?? 'in no known state'}, so it has no URL`,
            {
              hint: `Start it: \`maops notebook start ${notebook.name} --reason …\`.`,
            },
          );
        }
        const { token } = await (await context.modelarts()).notebooks.token(notebook.id, {
          signal: context.interrupted,
        });
        const url = new URL(notebook.url);
        url.searchParams.set('token', token.reveal());
        context.result({ name: notebook.name, id: notebook.id, url: url.href }, (shown) => shown.url);
        context.notice('This URL opens the notebook for whoever has it; it is stored nowhere.');
        return exitCodes.done;
      }),
    );
};

/** `maops notebook list`: the notebooks of a workspace, straight from the API. */
const list: Define = (command, run) => {
  command
    .option('--workspace <id>', 'a workspace other than the default one')
    .addHelpText('after', example('maops notebook list'))
    .action(({ workspace }: { readonly workspace?: string }) =>
      run(async (context) => {
        const notebooks = await listNotebooks(await context.modelarts(), context.interrupted, workspace);
        context.result(notebooks, (shown) => renderNotebooks(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};

/** `maops notebook show`: one notebook, straight from the API. */
const show: Define = (command, run) => {
  command
    .argument('<name>', "the notebook's name or id")
    .addHelpText('after', example('maops notebook show team-a'))
    .action((name: string) =>
      run(async (context) => {
        const notebook = await requireNotebook(context, name);
        context.result(notebook, (shown) => renderNotebook(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};

/** `maops notebook create`: a notebook alone, on an existing pool or on a public flavor. */
const create: Define = (command, run) => defineCreate(command, run, 'notebook', 'examples/notebook-only.yaml');

/** `maops notebook start`: runs as a workflow and waits until the notebook is seen running. */
const start: Define = (command, run) => defineChange(command, run, 'notebook', 'start', 'work goes on');

/** `maops notebook stop`: runs as a workflow and waits until the notebook is seen stopped. */
const stop: Define = (command, run) => defineChange(command, run, 'notebook', 'stop', 'not used over night');

/** `maops notebook delete`: stops and deletes a notebook that `notebook create` made; one of an environment is refused. */
const remove: Define = (command, run) => defineDelete(command, run, 'notebook');

/** The notebook that an operator names; an error that says where to look when there is none. */
async function requireNotebook(context: Context, nameOrId: string): Promise<NotebookRow> {
  const modelarts = await context.modelarts();
  const notebook = await findNotebook(modelarts, nameOrId, context.interrupted);
  if (notebook !== null) return notebook;
  for (const workspaceId of await workspacesOf(context, nameOrId)) {
    const elsewhere = await findNotebook(modelarts, nameOrId, context.interrupted, workspaceId);
    if (elsewhere !== null) return elsewhere;
  }
  throw new OperationNotFoundError(`there is no notebook ${nameOrId}`, {
    hint: '`maops notebook list` shows those that there are, with `--workspace ID` those of another workspace.',
  });
}

/** Where the specs of a name put its notebook; nowhere else than the default when Temporal does not say. */
async function workspacesOf(context: Context, name: string): Promise<string[]> {
  const specs = await Promise.all(
    (['env', 'notebook'] as const).map(async (noun) => {
      try {
        return await (await context.operations()).spec(name, noun);
      } catch {
        return null;
      }
    }),
  );
  return [...new Set(specs.map((spec) => spec?.notebook?.workspaceId).filter((id) => id !== undefined))];
}

export const commands = { create, list, show, start, stop, delete: remove, open };
