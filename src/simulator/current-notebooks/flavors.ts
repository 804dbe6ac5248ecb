import type { NotebookFlavor } from '../catalogue/catalogue.js';
import { type JsonObject, present } from '../json.js';
import { matchesQuery } from '../list-query.js';
import type { Call, HandlerResult, World } from '../world.js';
import { findCurrentNotebook } from './handlers.js';
import { pageOfRows } from './paging.js';

const KIB_PER_GIB = 1024 * 1024;

/** GET flavors for notebooks (docs/api/notebooks-current.md "9. Other calls"). */
export function listNotebookFlavors(world: World, call: Call): HandlerResult {
  const feature = call.query.get('feature') || 'NOTEBOOK';
  return answer(world, call, (flavor) => featureOf(flavor) === feature);
}

/** GET flavors that an instance can change to: those of its feature and category. */
export function listChangeableFlavors(world: World, call: Call): HandlerResult {
  const notebook = findCurrentNotebook(world, call);
  const own = world.catalogue.notebookFlavors.find(({ name }) => name === notebook.flavor);
  return answer(world, call, (flavor) => featureOf(flavor) === notebook.feature && flavor.type === own?.type);
}

function answer(world: World, call: Call, isOffered: (flavor: NotebookFlavor) => boolean): HandlerResult {
  const rows = world.catalogue.notebookFlavors.filter(
    (flavor) => isOffered(flavor) && matchesQuery(call.query, 'category', flavor.type),
  );
  const page = pageOfRows(rows, call.query, { fallback: Math.max(1, rows.length), first: 1 });
  return { status: 200, body: { ...page, data: page.data.map((flavor) => flavorView(world, flavor)) } };
}

/** A flavor in a response. */
export function flavorView(world: World, flavor: NotebookFlavor): JsonObject {
  const { name, type, params } = flavor;
  const { CPU = 0, GPU, NPU, memory = '0GiB' } = params;
  const cardKind = String(params.gpu_type ?? params.npu_type ?? '');
  const free = flavor.free === true;
  return present({
    id: name,
    name,
    category: type,
    arch: type === 'ASCEND' ? 'aarch64' : 'x86_64',
    vcpus: CPU,
    memory: Number.parseInt(String(memory), 10) * KIB_PER_GIB,
    gpu: GPU === undefined ? undefined : { gpu: GPU, gpu_memory: '16GiB', type: cardKind },
    ascend: NPU === undefined ? undefined : { npu: NPU, npu_memory: '32GiB', type: cardKind },
    billing: { code: name, unit_num: 1 },
    free,
    feature: featureOf(flavor),
    sold_out: world.state.notebookSale[name] === 'soldOut',
    storages: ['EVS', 'EFS', 'OBSFS'],
    description: `${name} of the simulator`,
  });
}

function featureOf({ free }: NotebookFlavor): string {
  return free === true ? 'DEFAULT' : 'NOTEBOOK';
}
