import type { FlavorFacts } from '../domain/resource/flavor.js';
import type { Flavor } from '../modelarts/schemas/flavor.js';

/** The sale status of a flavor; null when the service gave none (docs/api/pools-and-flavors.md "3.4 Flavor sale status"). */
export function flavorFacts({ metadata, status }: Flavor): FlavorFacts {
  const sale = status?.phase;
  return { name: metadata.name, sale: sale === undefined || Object.keys(sale).length === 0 ? null : sale };
}

/** A flavor with its sale status by availability zone (docs/api/pools-and-flavors.md "3.4 Flavor sale status"). */
export interface FlavorRow {
  readonly name: string;
  readonly type: string | null;
  readonly cpu: string | null;
  readonly memory: string | null;
  /** The cards of a node, such as `8 x ascend-snt9`. */
  readonly accelerator: string | null;
  readonly sale: Readonly<Record<string, string>>;
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
  };
}
