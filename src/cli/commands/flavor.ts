import type { FlavorRow } from '../../inventory/flavor-facts.js';
import type { ModelArts } from '../../modelarts/client.js';
import { isUnpublished, ModelArtsError } from '../../modelarts/errors.js';
import { type Define, example } from '../command.js';
import { type Context, viewOf } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { renderFlavors } from '../output/resources.js';

const loadFacts = () => import('../../inventory/flavor-facts.js');

/** `maops flavor list`: the flavors of pools with the sale status in each availability zone, and those of notebooks. */
const list: Define = (command, run) => {
  command
    .option('--type <type>', 'only flavors of this type, such as Dedicate, Logical or Notebook')
    .addHelpText('after', example('maops flavor list', 'maops flavor list --type Dedicate --json'))
    .action(({ type }: { readonly type?: string }) =>
      run(async (context) => {
        const { notebookFlavorType } = await loadFacts();
        const modelarts = await context.modelarts();
        const isType = (known: string | null) => type === undefined || known?.toLowerCase() === type.toLowerCase();
        const isOfNotebooks = isType(notebookFlavorType);
        const [ofPools, ofNotebooks] = await Promise.all([
          isOfNotebooks && type !== undefined ? [] : poolFlavors(modelarts, context.interrupted),
          isOfNotebooks ? notebookFlavors(modelarts, context) : [],
        ]);
        const flavors = [...ofPools.filter((row) => isType(row.type)), ...ofNotebooks];
        context.result(flavors, (shown) => renderFlavors(shown, viewOf(context)));
        if (type !== undefined && flavors.length === 0 && ofPools.length > 0) {
          const types = new Set(ofPools.map((row) => row.type).filter((known) => known !== null));
          context.notice(`no flavor of type ${type}; the types are ${[...types, notebookFlavorType].join(', ')}`);
        }
        return exitCodes.done;
      }),
    );
};

async function poolFlavors(modelarts: ModelArts, signal: AbortSignal): Promise<FlavorRow[]> {
  const { flavorRow } = await loadFacts();
  const rows: FlavorRow[] = [];
  for await (const flavor of modelarts.flavors.list({}, { signal })) rows.push(flavorRow(flavor));
  return rows.sort(byName);
}

/** The historical notebook API lists no flavors (docs/api/notebooks-and-auth.md "1.1 Old generation"). */
async function notebookFlavors({ currentNotebooks }: ModelArts, context: Context): Promise<FlavorRow[]> {
  const { notebookFlavorRow } = await loadFacts();
  try {
    const flavors = await currentNotebooks.flavors({}, { signal: context.interrupted });
    return flavors.map(notebookFlavorRow).sort(byName);
  } catch (error) {
    if (isUnpublished(error)) {
      context.notice(
        'No notebook flavors: this account does not have the current notebook API, and the historical one does not list them.',
      );
      return [];
    }
    if (!(error instanceof ModelArtsError) || error.kind !== 'permission') throw error;
    context.notice(`The notebook flavors cannot be read: ${error.message}`);
    return [];
  }
}

const byName = (a: FlavorRow, b: FlavorRow) => a.name.localeCompare(b.name);

export const commands = { list };
