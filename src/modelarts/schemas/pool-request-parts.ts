import { z } from 'zod';
import { nonEmpty, rules, scalar, scalarText } from './request-parts.js';

/** A description annotation: at most 100 characters, none of `!<>=&"'` (docs/api/pools-and-flavors.md "2.2 Create"). */
export const poolDescription = z
  .string()
  .max(100, 'at most 100 characters')
  .regex(/^[^!<>=&"']*$/, 'must not contain any of ! < > = & " \'');

const nodeCount = z.int().min(1, 'at least 1');
const volumeType = z.enum(['SSD', 'GPSSD', 'SAS']);
const volumeSize = z.string().regex(/^[1-9]\d*(Gi)?$/, 'a size such as 100Gi');
const volumeGroup = z
  .string()
  .regex(
    /^(vgpaas|default|vguser\d*|vg-everest-localvolume-(persistent|ephemeral))$/,
    'vgpaas, default, vguser{number}, vg-everest-localvolume-persistent or vg-everest-localvolume-ephemeral',
  );

/** The disk limits it; 500 is only a default limit (docs/api/pools-and-flavors.md "0.1 Corrections"). */
const dockerBaseSize = scalarText.refine(
  (size) => /^\d+$/.test(size) && (size === '0' || Number(size) >= 50),
  '"0" (unlimited) or at least "50"',
);

const openParams = z.record(z.string(), scalar);

/**
 * One flavor and its nodes in a create or patch request (docs/api/pools-and-flavors.md "2.2 Create", with the fields
 * beyond the primary pages).
 */
const resourceRequest = z
  .strictObject({
    flavor: nonEmpty,
    count: nodeCount,
    maxCount: nodeCount.optional(),
    azs: z
      .array(z.strictObject({ az: nonEmpty, count: z.int().min(1, 'at least 1').max(2000, 'at most 2000') }))
      .optional(),
    nodePool: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'letters, digits, -, . and _')
      .optional(),
    tags: z
      .array(
        z.strictObject({
          key: nonEmpty.regex(/^(?!CCE-|__type_baremetal)/, 'must not start with CCE- or __type_baremetal'),
          value: z.string(),
        }),
      )
      .max(20, 'at most 20 tags')
      .optional(),
    labels: z.record(z.string(), z.string()).optional(),
    taints: z
      .array(
        z.strictObject({
          key: nonEmpty,
          value: z.string().optional(),
          effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
        }),
      )
      .optional(),
    /** The documentation leaves this list open. */
    extendParams: z
      .object({
        dockerBaseSize: dockerBaseSize.optional(),
        postInstall: z.base64('must be Base64').optional(),
        runtime: z.enum(['docker', 'containerd']).optional(),
      })
      .catchall(scalar)
      .optional(),
    creatingStep: z.strictObject({ step: nodeCount, type: z.enum(['rack', 'hyperinstance']) }).optional(),
    rootVolume: z.strictObject({ volumeType, size: volumeSize, extendParams: openParams.optional() }).optional(),
    dataVolumes: z
      .array(
        z.strictObject({
          volumeType,
          size: volumeSize,
          count: nodeCount.optional(),
          extendParams: z.object({ volumeGroup: volumeGroup.optional() }).catchall(scalar).optional(),
        }),
      )
      .optional(),
    volumeGroupConfigs: z
      .array(
        z.strictObject({
          volumeGroup,
          dockerThinPool: z.int().min(1).max(100).optional(),
          lvmConfig: z.strictObject({ lvType: z.enum(['linear', 'striped']), path: z.string().optional() }).optional(),
          types: z.array(z.enum(['volume', 'local'])).optional(),
        }),
      )
      .optional(),
    os: z
      .strictObject({
        name: z.string().optional(),
        imageId: z.string().optional(),
        imageType: z.enum(['private', '']).optional(),
        autoMatch: z.string().optional(),
      })
      .optional(),
    driver: z.strictObject({ version: nonEmpty }).optional(),
    network: z
      .strictObject({
        vpc: z.string().optional(),
        subnet: z.string().optional(),
        securityGroups: z.array(z.string()).optional(),
      })
      .optional(),
  })
  .check(
    rules((value, report) => {
      const placed = (value.azs ?? []).reduce((sum, az) => sum + az.count, 0);
      if (placed > value.count) report(['azs'], `the zones need ${placed} nodes, but count is ${value.count}`);
      const zones = (value.azs ?? []).map(({ az }) => az);
      if (new Set(zones).size < zones.length) report(['azs'], 'must not repeat a zone');
      if (value.creatingStep !== undefined && value.count % value.creatingStep.step !== 0) {
        report(['count'], `must be a multiple of creatingStep.step, ${value.creatingStep.step}`);
      }
      if ((value.dataVolumes ?? []).length > 0 && (value.volumeGroupConfigs ?? []).length === 0) {
        report(['volumeGroupConfigs'], 'required with dataVolumes');
      }
    }),
  );

/** One row of a pool that was read and is written back: everything but the counts stays as it was read. */
const resourceChange = z.looseObject({
  flavor: nonEmpty,
  count: nodeCount,
  maxCount: z.int().optional(),
  nodePool: z.string().optional(),
});

/** The flavors of a pool: at most 10 (docs/api/pools-and-flavors.md "2.2 Create"). */
export const resourceRequests = rowsOf(resourceRequest);

/** The rows of a change replace all present ones. */
export const resourceChanges = rowsOf(resourceChange);

function rowsOf<Row extends z.ZodType<ResourceRow>>(row: Row) {
  return z
    .array(row)
    .min(1, 'at least one flavor')
    .max(10, 'at most 10 flavors')
    .check(
      rules((value, report) => {
        const keys = value.map(rowKey);
        keys.forEach((key, index) => {
          if (keys.indexOf(key) < index) report([index, 'flavor'], 'must not repeat a flavor in the same node pool');
        });
      }),
    );
}

interface ResourceRow {
  readonly flavor: string;
  readonly nodePool?: string | undefined;
  readonly creatingStep?: unknown;
}

/** Rows of one flavor differ in node pool or step (docs/api/pools-and-flavors.md "0.1 Corrections"). */
function rowKey({ flavor, nodePool, creatingStep }: ResourceRow): string {
  return JSON.stringify([flavor, nodePool ?? null, creatingStep ?? null]);
}

export const driverRequest = z.strictObject({
  gpuVersion: nonEmpty.optional(),
  npuVersion: nonEmpty.optional(),
  updateStrategy: z.enum(['force', 'idle']).optional(),
});

/** A driver that was read and is written back may have more members. */
export const driverChange = z.looseObject(driverRequest.shape);

export const scopeRequest = z.array(z.enum(['Train', 'Infer', 'Notebook'])).min(1, 'at least one job type');

/** Whether a flavor has neither GPU nor NPU, according to its name. */
export function isCpuFlavor(flavor: string): boolean {
  return /(^|\.)cpu(\d|\.|$)/.test(flavor);
}
