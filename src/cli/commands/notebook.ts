import { OperationNotFoundError, OperationRefusedError } from '../../client/errors.js';
import type { NotebookRow } from '../../inventory/notebook-facts.js';
import type { ModelArts } from '../../modelarts/client.js';
import { type Define, example } from '../command.js';
import { type Context, viewOf } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { renderNotebook, renderNotebooks } from '../output/resources.js';
import { defineChange, defineDelete } from '../shared-commands.js';
import { defineCreate } from './env-create.js';

/** `maops notebook open`: prints the URL with a fresh access token, which is a secret and stored nowhere. */
const open: Define = (command, run) => {
  command
    .argument('<name>', 'name or id of the notebook')
    .addHelpText('after', example('maops notebook open team-a'))
    .action((name: string) =>
      run(async (context) => {
        const notebook = await requireNotebook(context, name);
        const url = await urlWithToken(await context.modelarts(), notebook, context.interrupted);
        context.result({ name: notebook.name, id: notebook.id, url: url.href }, (shown) => shown.url);
        context.notice('Anyone with this URL can open the notebook. It is stored nowhere.');
        return exitCodes.done;
      }),
    );
};

/** The URL of a running notebook with its token, which is read only here. */
async function urlWithToken(
  { notebooks, currentNotebooks }: ModelArts,
  { id, name, api, status, url }: NotebookRow,
  signal: AbortSignal,
): Promise<URL> {
  if (status !== 'RUNNING' || url === null) {
    throw new OperationRefusedError(`notebook ${name} has no URL: it is ${status ?? 'in an unknown state'}`, {
      hint: `Start it with \`maops notebook start ${name} --reason …\`.`,
    });
  }
  const { token } = await (api === 'current'
    ? currentNotebooks.access(id, { signal })
    : notebooks.token(id, { signal }));
  if (token === null)
    throw new OperationRefusedError(`notebook ${name} has no access token`, {
      hint: 'Open it in the console of the service, or with SSH when its spec has `ssh`.',
    });
  const opened = new URL(url);
  opened.searchParams.set('token', token.reveal());
  return opened;
}

/** `maops notebook list`: the notebooks of a workspace from both APIs. */
const list: Define = (command, run) => {
  command
    .option('--workspace <id>', 'id of a workspace other than the default')
    .addHelpText('after', example('maops notebook list'))
    .action(({ workspace }: { readonly workspace?: string }) =>
      run(async (context) => {
        const { listNotebooks } = await import('../../inventory/listing.js');
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

/** `maops notebook renew`: lets a running notebook of the current API run longer, in a workflow. */
const renew: Define = (command, run) =>
  defineChange(command, run, 'notebook', 'renew', 'training continues', {
    flags: '--for <duration>',
    description: 'how long from now, 1h to 72h (default: what its spec and its lease allow)',
    example: '--for 4h',
  });

/** `maops notebook delete`: deletes a notebook that `notebook create` created. One of an environment is refused. */
const remove: Define = (command, run) => defineDelete(command, run, 'notebook');

/** Finds a notebook by name or id, also in the workspaces that its specs name, or throws with a hint. */
async function requireNotebook(context: Context, nameOrId: string): Promise<NotebookRow> {
  const { findNotebooks } = await import('../../inventory/listing.js');
  const modelarts = await context.modelarts();
  const found = theOne(nameOrId, await findNotebooks(modelarts, nameOrId, context.interrupted));
  if (found !== null) return found;
  for (const workspaceId of await workspacesOf(context, nameOrId)) {
    const elsewhere = await findNotebooks(modelarts, nameOrId, context.interrupted, workspaceId);
    const there = theOne(nameOrId, elsewhere);
    if (there !== null) return there;
  }
  throw new OperationNotFoundError(`no notebook named ${nameOrId}`, {
    hint: 'List the notebooks with `maops notebook list`; `--workspace ID` lists those of another workspace.',
  });
}

/** The notebook that is meant; of several with the same name, the one with a marker. */
function theOne(name: string, found: readonly NotebookRow[]): NotebookRow | null {
  const marked = found.filter(({ marker }) => marker !== null);
  const candidates = marked.length > 0 ? marked : found;
  const [first] = candidates;
  if (first === undefined || candidates.length === 1) return first ?? null;
  const ids = candidates.slice(0, 10).map(({ id }) => id);
  throw new OperationRefusedError(`${candidates.length} notebooks are called ${name}: ${ids.join(', ')}`, {
    hint: 'Name one by its id.',
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

export const commands = { create, list, show, start, stop, renew, delete: remove, open };
