import { z } from 'zod';
import { count, identity, ifPresent, instant, items, many, part, text, textMap } from './tolerant.js';

const texts = many(z.union([z.string(), z.number().transform(String)]));
const azNodes = z.looseObject({ az: text, count });

/**
 * Nodes of one flavor, in `spec.resources` and in each member of `status.resources` (docs/api/pools-and-flavors.md "2.6
 * Pool object"). It has no member that the response does not have, so that it can be sent back.
 */
const flavorNodes = z.looseObject({
  flavor: text,
  count: count.transform((nodes) => nodes ?? 0),
  maxCount: count,
  azs: ifPresent(many(azNodes)),
  nodePool: text,
  creatingStep: part(z.looseObject({ step: count, type: text })),
  extendParams: part(z.looseObject({ dockerBaseSize: text, postInstall: text, post_install: text, runtime: text })),
  os: part(z.looseObject({ name: text, imageId: text, imageType: text })),
  labels: ifPresent(textMap),
  taints: ifPresent(many(z.looseObject({ key: text, value: text, effect: text }))),
  tags: ifPresent(many(z.looseObject({ key: text, value: text }))),
  rootVolume: part(z.looseObject({ volumeType: text, size: text })),
  dataVolumes: ifPresent(many(z.looseObject({ volumeType: text, size: text, count }))),
  driver: part(z.looseObject({ version: text })),
});

const driverState = z.looseObject({ version: text, state: text });

const poolMetadata = z.looseObject({
  name: identity,
  creationTimestamp: instant,
  deletionTimestamp: text,
  labels: textMap,
  annotations: textMap,
});

const poolSpec = z.looseObject({
  type: text,
  scope: texts,
  resources: many(flavorNodes),
  network: part(z.looseObject({ name: text, vpcId: text, subnetId: text })),
  masters: many(z.looseObject({ az: text })),
  jobFlavors: texts,
  driver: part(z.looseObject({ gpuVersion: text, npuVersion: text, updateStrategy: text })),
  parent: text,
  controlMode: count,
});

const scopeState = z.looseObject({
  scopeType: text,
  state: text,
  message: text,
  plugins: many(z.looseObject({ name: text, phase: text })),
});

const poolStatus = z.looseObject({
  /** Absent right after a create. Unknown phases are kept (docs/api/pools-and-flavors.md "3.1 Pool"). */
  phase: text,
  message: text,
  resources: z
    .looseObject({
      creating: many(flavorNodes),
      available: many(flavorNodes),
      abnormal: many(flavorNodes),
      deleting: many(flavorNodes),
      creationFailed: many(flavorNodes),
    })
    .catch(() => noNodes())
    .default(() => noNodes()),
  scope: many(scopeState),
  driver: part(z.looseObject({ gpu: part(driverState), npu: part(driverState) })),
  parent: text,
  root: text,
  clusters: many(z.looseObject({ name: text, providerId: text, clusterFlavor: text, type: text, version: text })),
});

function noNodes() {
  return { creating: [], available: [], abnormal: [], deleting: [], creationFailed: [] };
}

/** A pool in the response of every pool call (docs/api/pools-and-flavors.md "2.6 Pool object"). */
export const poolSchema = z.looseObject({
  kind: text,
  apiVersion: text,
  metadata: poolMetadata,
  spec: poolSpec.catch(() => poolSpec.parse({})).default(() => poolSpec.parse({})),
  status: poolStatus.catch(() => poolStatus.parse({})).default(() => poolStatus.parse({})),
});

/** The response of the pool list, which has no pages (docs/api/pools-and-flavors.md "2.3 List"). */
export const poolListSchema = z.looseObject({ kind: text, apiVersion: text, items: items(poolSchema) });

/** The same, of which only the ids are parsed. */
export const poolRowsSchema = z
  .looseObject({ items: items(z.looseObject({ metadata: z.looseObject({ name: identity }) })) })
  .transform(({ items: rows }) => new Map<string, unknown>(rows.map((row) => [row.metadata.name, row])));

/** A pool in a response. */
export type Pool = z.output<typeof poolSchema>;
/** The pools of one list response. */
export type PoolList = z.output<typeof poolListSchema>;
/** Nodes of one flavor in a pool's spec or status. */
export type PoolNodes = z.output<typeof flavorNodes>;
