import { z } from 'zod';
import { count, identity, instant, items, many, part, text, textMap } from './tolerant.js';

/**
 * `card` counts cards; `size` and `chip` count chips, of which a card may have two. Older editions send only `size`.
 */
const accelerator = z.looseObject({ type: text, size: text, memory: text, card: text, chip: text });
const volume = z.looseObject({ volumeType: text, size: text });

/**
 * A resource flavor (docs/api/pools-and-flavors.md "4.1 Resource flavors"). `status.phase` maps an AZ to `normal` or
 * `soldout`.
 */
const flavorSchema = z.looseObject({
  kind: text,
  apiVersion: text,
  metadata: z.looseObject({ name: identity, creationTimestamp: instant, labels: textMap, annotations: textMap }),
  spec: part(
    z
      .looseObject({
        type: text,
        cpuArch: text,
        cpu: text,
        memory: text,
        gpu: part(accelerator),
        npu: part(accelerator),
        dataVolumes: many(volume),
        /**
         * The spelling of one SDK, used when `dataVolumes` is missing (docs/api/pools-and-flavors.md "2.8
         * Contradictions, and what to do").
         */
        dataVolume: many(volume),
        rootVolume: part(volume),
        billingModes: many(z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)])),
        billingCode: text,
        jobFlavors: many(z.string()),
        nodeConfigTemplate: text,
        creatingSteps: many(z.looseObject({ step: count, type: text, displayInfo: part(textMap) })),
        flavorBootType: text,
        localDiskDetail: text,
      })
      .transform((spec) => ({
        ...spec,
        dataVolumes: spec.dataVolumes.length > 0 ? spec.dataVolumes : spec.dataVolume,
      })),
  ),
  status: part(z.looseObject({ phase: textMap })),
});

/**
 * The paging member of flavor and network lists. An empty `continue` marks the last page (docs/api/pools-and-flavors.md
 * "5.1 Pagination").
 */
export const pageMetadata = z.looseObject({ continue: text, remainingItemCount: count }).catch({}).default({});

/** One page of flavors. */
export const flavorListSchema = z.looseObject({
  kind: text,
  apiVersion: text,
  metadata: pageMetadata,
  items: items(flavorSchema),
});

/** A resource flavor in a response. */
export type Flavor = z.output<typeof flavorSchema>;
/** One page of the flavor list. */
export type FlavorPage = z.output<typeof flavorListSchema>;
