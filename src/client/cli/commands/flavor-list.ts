import { type FlavorRow, readFlavor } from '../../inventory.js';
import { type Define, example } from '../command.js';
import { exitCodes } from '../exit.js';
import { renderFlavors } from '../render/resources.js';

/** `maops flavor list`: all flavors with the sale status in each availability zone. */
export const flavorList: Define = (command, run) => {
  command
    .option('--type <type>', 'only flavors of this type, as Dedicate or Logical')
    .addHelpText('after', example('maops flavor list', 'maops flavor list --type Dedicate --json'))
    .action(({ type }: { readonly type?: string }) =>
      run(async (context) => {
        const flavors: FlavorRow[] = [];
        for await (const flavor of (await context.modelarts()).flavors.list({}, { signal: context.interrupted })) {
          const row = readFlavor(flavor);
          if (type === undefined || row.type?.toLowerCase() === type.toLowerCase()) flavors.push(row);
        }
        flavors.sort((a, b) => a.name.localeCompare(b.name));
        context.result(flavors, renderFlavors(flavors, context.terminal.colors));
        return exitCodes.done;
      }),
    );
};
