import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { requireNotebook } from '../lookup.js';
import { renderNotebook } from '../output/resources.js';
import { viewOf } from '../view.js';

/** `maops notebook show`: one notebook, straight from the API. */
export const notebookShow: Define = (command, run) => {
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
