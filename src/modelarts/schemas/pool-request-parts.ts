import { z } from 'zod';
import { nonEmpty, rules } from './request-parts.js';

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

const dockerBaseSize = z
  .string()
  .refine(
    (size) => /^\d+$/.test(size) && (size === '0' || (Number(size) >= 50 && Number(size) <= 500)),
    '"0" (unlimited) or "50" to "500"',
  );

/** One flavor and its nodes in a create or patch request (docs/api/pools-and-flavors.md "2.2 Create", with the fields beyond the primary pages). */
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
      .regex(/^[a-z0-9-]{1,50}$/, '1 to 50 lower-case letters, digits and -')
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
    /** The documentation leaves this list open, so further members are sent as text. */
    extendParams: z
      .object({
        dockerBaseSize: dockerBaseSize.optional(),
        postInstall: z.base64('must be Base64').optional(),
        runtime: z.enum(['docker', 'containerd']).optional(),
      })
      .catchall(z.string())
      .optional(),
    creatingStep: z.strictObject({ step: nodeCount, type: z.enum(['rack', 'hyperinstance']) }).optional(),
    rootVolume: z.strictObject({ volumeType, size: volumeSize }).optional(),
    dataVolumes: z
      .array(
        z.strictObject({
          volumeType,
          size: volumeSize,
          count: nodeCount.optional(),
          extendParams: z.strictObject({ volumeGroup: volumeGroup.optional() }).optional(),
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

/** The flavors of a pool: at most 10, without repetition (docs/api/pools-and-flavors.md "2.2 Create"). */
export const resourceRequests = z
  .array(resourceRequest)
  .min(1, 'at least one flavor')
  .max(10, 'at most 10 flavors')
  .check(
    rules((value, report) => {
      value.forEach(({ flavor }, index) => {
        if (value.findIndex((other) => other.flavor === flavor) < index)
          report([index, 'flavor'], `must not repeat the flavor ${flavor}`);
      });
    }),
  );

export const driverRequest = z.strictObject({
  gpuVersion: nonEmpty.optional(),
  npuVersion: nonEmpty.optional(),
  updateStrategy: z.enum(['force', 'idle']).optional(),
});

export const scopeRequest = z.array(z.enum(['Train', 'Infer', 'Notebook'])).min(1, 'at least one job type');

/** Whether a flavor has neither GPU nor NPU, according to its name. */
export function isCpuFlavor(flavor: string): boolean {
  return /(^|\.)cpu(\d|\.|$)/.test(flavor);
}
