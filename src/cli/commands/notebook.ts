import { OperationNotFoundError, OperationRefusedError } from '../../client/errors.js';
import { findNotebook, listNotebooks } from '../../inventory/listing.js';
import type { NotebookRow } from '../../inventory/notebook-facts.js';
import { type Define, example } from '../command.js';
import { type Context, viewOf } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { renderNotebook, renderNotebooks } from '../output/resources.js';
import { defineChange, defineCreate, defineDelete } from '../shared-commands.js';

/** `maops notebook open`: prints the URL with a fresh access token, which is a secret and stored nowhere. */
const open: Define = (command, run) => {
  command
    .argument('<name>', 'name or id of the notebook')
    .addHelpText('after', example('maops notebook open team-a'))
    .action((name: string) =>
      run(async (context) => {
        const notebook = await requireNotebook(context, name);
        if (notebook.status !== 'RUNNING' || notebook.url === null) {
          throw new OperationRefusedError(
            `notebook ${notebook.name} has no URL: it is ${notebook.status ?? 'in an unknown state'}`,
            {
              hint: `Start it with \`maops notebook start ${notebook.name} --reason …\`.`,
            },
          );
        }
        const { token } = await (await context.modelarts()).notebooks.token(notebook.id, {
          signal: context.interrupted,
        });
        const url = new URL(notebook.url);
        url.searchParams.set('token', token.reveal());
        context.result({ name: notebook.name, id: notebook.id, url: url.href }, (shown) => shown.url);
        context.notice('Anyone with this URL can open the notebook. It is stored nowhere.');
        return exitCodes.done;
      }),
    );
};

/** `maops notebook list`: the notebooks of a workspace from the API. */
const list: Define = (command, run) => {
  command
    .option('--workspace <id>', 'id of a workspace other than the default')
    .addHelpText('after', example('maops notebook list'))
    .action(({ workspace }: { readonly workspace?: string }) =>
      run(async (context) => {
        const notebooks = await listNotebooks(await context.modelarts(), context.interrupted, workspace);
        context.result(notebooks, (shown) => renderNotebooks(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};

/** `maops notebook show`: one notebook from the API. */
const show: Define = (command, run) => {
  command
    .argument('<name>', 'name or id of the notebook')
    .addHelpText('after', example('maops notebook show team-a'))
    .action((name: string) =>
      run(async (context) => {
        const notebook = await requireNotebook(context, name);
        context.result(notebook, (shown) => renderNotebook(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};

/** `maops notebook create`: creates a notebook on an existing pool or on a public flavor. */
const create: Define = (command, run) => defineCreate(command, run, 'notebook', 'examples/notebook-only.yaml');

/** `maops notebook start`: starts a notebook in a workflow and waits until it runs. */
const start: Define = (command, run) => defineChange(command, run, 'notebook', 'start', 'work continues');

/** `maops notebook stop`: stops a notebook in a workflow and waits until it has stopped. */
const stop: Define = (command, run) => defineChange(command, run, 'notebook', 'stop', 'not used overnight');

/** `maops notebook delete`: deletes a notebook that `notebook create` created. One of an environment is refused. */
const remove: Define = (command, run) => defineDelete(command, run, 'notebook');

/** Finds a notebook by name or id, also in the workspaces that its specs name, or throws with a hint. */
async function requireNotebook(context: Context, nameOrId: string): Promise<NotebookRow> {
  const modelarts = await context.modelarts();
  const notebook = await findNotebook(modelarts, nameOrId, context.interrupted);
  if (notebook !== null) return notebook;
  for (const workspaceId of await workspacesOf(context, nameOrId)) {
    const elsewhere = await findNotebook(modelarts, nameOrId, context.interrupted, workspaceId);
    if (elsewhere !== null) return elsewhere;
  }
  throw new OperationNotFoundError(`no notebook named ${nameOrId}`, {
    hint: 'List the notebooks with `maops notebook list`; `--workspace ID` lists those of another workspace.',
  });
}

/** The workspaces that the specs of a name use for its notebook; none when Temporal cannot be read. */
async function workspacesOf(context: Context, name: string): Promise<string[]> {
  const specs = await Promise.all(
    (['env', 'notebook'] as const).map(async (kind) => {
      try {
        return await (await context.operations()).spec(name, kind);
      } catch {
        return null;
      }
    }),
  );
  return [...new Set(specs.map((spec) => spec?.notebook?.workspaceId).filter((id) => id !== undefined))];
}

export const commands = { create, list, show, start, stop, delete: remove, open };
