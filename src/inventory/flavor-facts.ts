import type { FlavorFacts } from '../domain/resource/flavor.js';
import type { NotebookFlavor } from '../modelarts/schemas/current-notebook-flavor.js';
import type { Flavor } from '../modelarts/schemas/flavor.js';

/**
 * The sale status of a flavor; null when the service gave none (docs/api/pools-and-flavors.md "3.4 Flavor sale
 * status").
 */
export function flavorFacts({ metadata, status }: Flavor): FlavorFacts {
  const sale = status?.phase;
  return { name: metadata.name, sale: sale === undefined || Object.keys(sale).length === 0 ? null : sale };
}

/** The type of notebook flavors in `maops flavor list`. Pool flavors have the types of the service. */
export const notebookFlavorType = 'Notebook';

/** A flavor of `maops flavor list`; every key is always present. */
export interface FlavorRow {
  readonly name: string;
  /** Such as `Dedicate` or `Logical` for pools, and `Notebook`. */
  readonly type: string | null;
  readonly cpu: string | null;
  readonly memory: string | null;
  /** The cards of a node, such as `8 x ascend-snt9`. */
  readonly accelerator: string | null;
  /**
   * The sale status by availability zone (docs/api/pools-and-flavors.md "3.4 Flavor sale status"); empty for notebooks.
   */
  readonly sale: Readonly<Record<string, string>>;
  /** Whether a notebook flavor is sold out; null for pools, and when the service does not say. */
  readonly soldOut: boolean | null;
}

export function flavorRow({ metadata, spec, status }: Flavor): FlavorRow {
  const accelerator = spec?.npu ?? spec?.gpu;
  return {
    name: metadata.name,
    type: spec?.type ?? null,
    cpu: spec?.cpu ?? null,
    memory: spec?.memory ?? null,
    // `size` counts chips: a card with two dies has two (docs/api/pools-and-flavors.md "0.1 Corrections").
    accelerator:
      accelerator?.type === undefined ? null : `${accelerator.card ?? accelerator.size ?? '1'} x ${accelerator.type}`,
    sale: status?.phase ?? {},
    soldOut: null,
  };
}

const kibPerGib = 1024 * 1024;

/** A flavor of the current notebook API (docs/api/notebooks-current.md "9. Other calls", C11). */
export function notebookFlavorRow({ id, vcpus, memory, gpu, ascend, sold_out }: NotebookFlavor): FlavorRow {
  const card = ascend ?? gpu;
  const kib = Number(memory ?? Number.NaN);
  return {
    name: id,
    type: notebookFlavorType,
    cpu: vcpus === undefined ? null : String(vcpus),
    // The documented sample has KiB. Some editions send a text with its unit.
    memory: Number.isNaN(kib) ? (memory ?? null) : `${kib / kibPerGib}Gi`,
    accelerator: card?.type === undefined ? null : `${card.npu ?? card.gpu ?? 1} x ${card.type}`,
    sale: {},
    soldOut: sold_out ?? null,
  };
}
