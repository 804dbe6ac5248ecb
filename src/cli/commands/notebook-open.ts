import { OperationRefusedError } from '../../client/errors.js';
import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { requireNotebook } from '../lookup.js';

/**
 * `maops notebook open`: prints the URL with a fresh access token. The token is a secret: it is fetched for this one
 * line and stored nowhere.
 */
export const notebookOpen: Define = (command, run) => {
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
