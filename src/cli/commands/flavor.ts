import { type FlavorRow, flavorRow } from '../../inventory/flavor-facts.js';
import { type Define, example } from '../command.js';
import { viewOf } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { renderFlavors } from '../output/resources.js';

/** `maops flavor list`: all flavors with the sale status in each availability zone. */
const list: Define = (command, run) => {
  command
    .option('--type <type>', 'only flavors of this type, such as Dedicate or Logical')
    .addHelpText('after', example('maops flavor list', 'maops flavor list --type Dedicate --json'))
    .action(({ type }: { readonly type?: string }) =>
      run(async (context) => {
        const all: FlavorRow[] = [];
        for await (const flavor of (await context.modelarts()).flavors.list({}, { signal: context.interrupted }))
          all.push(flavorRow(flavor));
        all.sort((a, b) => a.name.localeCompare(b.name));
        const flavors = all.filter((row) => type === undefined || row.type?.toLowerCase() === type.toLowerCase());
        context.result(flavors, (shown) => renderFlavors(shown, viewOf(context)));
        if (type !== undefined && flavors.length === 0 && all.length > 0) {
          const types = new Set(all.map((row) => row.type).filter((known) => known !== null));
          context.notice(`no flavor of type ${type}; the types are ${[...types].join(', ')}`);
        }
        return exitCodes.done;
      }),
    );
};

export const commands = { list };
