import { OperationRefusedError } from '../../client/errors.js';
import { isUnpublished } from '../../modelarts/errors.js';
import { type Define, example } from '../command.js';
import { viewOf } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { renderImages } from '../output/resources.js';

interface ListOptions {
  readonly hardware?: string;
  readonly workspace?: string;
}

/** `maops image list`: the images for `notebook.image`. */
const list: Define = (command, run) => {
  command
    .option('--hardware <name>', 'only images for CPU, GPU or ASCEND')
    .option('--workspace <id>', 'id of a workspace other than the default')
    .addHelpText('after', example('maops image list', 'maops image list --hardware GPU --json'))
    .action(({ hardware, workspace }: ListOptions) =>
      run(async (context) => {
        const { listImages } = await import('../../inventory/images.js');
        const all = await listImages(await context.modelarts(), context.interrupted, workspace).catch(explain);
        const wanted = hardware?.toUpperCase();
        const images = all.filter((image) => wanted === undefined || image.hardware.includes(wanted));
        context.result(images, (shown) => renderImages(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};

function explain(error: unknown): never {
  if (!isUnpublished(error)) throw error;
  throw new OperationRefusedError('this account does not have the current notebook API, so it has no images', {
    hint: 'Write `notebook.profileId` in the spec. `maops doctor` reports which API the account has.',
    cause: error,
  });
}

export const commands = { list };
