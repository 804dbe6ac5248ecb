import type { PoolFlavor } from '../catalogue/catalogue.js';
import { type Json, present } from '../json.js';
import { labelSelector } from '../label-selector.js';
import { pageOf } from '../list-query.js';
import type { Call, HandlerResult, World } from '../world.js';

/** GET resourceflavors, with paging (docs/api/pools-and-flavors.md "4.1 Resource flavors"). */
export function listFlavors(world: World, call: Call): HandlerResult {
  const selects = labelSelector(call.query.get('labelSelector'));
  const flavors = world.catalogue.poolFlavors.filter((flavor) => selects(labelsOf(flavor)));
  const { items, metadata } = pageOf(flavors, call.query);
  return {
    status: 200,
    body: {
      kind: 'ResourceFlavorList',
      apiVersion: 'v1',
      metadata,
      items: items.map((flavor) => flavorView(world, flavor)),
    },
  };
}

function flavorView(world: World, flavor: PoolFlavor): Json {
  const { name, type, cpuArch, cpu, memory, gpu, npu, dataVolumes, billingModes, jobFlavors } = flavor;
  return {
    kind: 'ResourceFlavor',
    apiVersion: 'v1',
    metadata: { name, labels: labelsOf(flavor), annotations: {} },
    spec: present({
      type,
      cpuArch,
      cpu,
      memory,
      gpu: gpu && acceleratorView(gpu),
      npu: npu && acceleratorView(npu),
      dataVolumes,
      billingModes,
      billingCode: name.replace('modelarts', 'maos'),
      jobFlavors,
    }) as Json,
    status: { phase: { ...world.state.sale[name] } },
  };
}

function acceleratorView(accelerator: NonNullable<PoolFlavor['npu']>): Json {
  return accelerator.card === undefined ? { ...accelerator } : { ...accelerator, chip: accelerator.size };
}

/** Job types are joined with dots (docs/api/pools-and-flavors.md "4.1 Resource flavors"). */
function labelsOf(flavor: PoolFlavor): Record<string, string> {
  return {
    'os.modelarts/scope': flavor.scope.join('.'),
    ...(flavor.baremetal === true ? { 'os.modelarts.flavor/baremetal': 'true' } : {}),
  };
}
