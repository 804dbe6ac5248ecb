import { listNotebooks } from '../../client/inventory.js';
import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { renderNotebooks } from '../output/resources.js';
import { viewOf } from '../view.js';

/** `maops notebook list`: the notebooks of a workspace, straight from the API. */
export const notebookList: Define = (command, run) => {
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
