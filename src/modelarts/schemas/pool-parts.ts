import { z } from 'zod';
import { Secret } from '../secret.js';

/** Parts of pool requests. Requests are strict: an unknown key would be ignored by the service, and nobody would know. */

/** Label and annotation values are texts on the wire; the pages' own examples show numbers too (docs/api/pools-and-flavors.md "2.8 Contradictions, and what to do"). */
export const wireText = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** A word of a fixed list that may be given as a number. */
export function wireWord<const FailureTexts extends readonly [string, ...string[]]>(words: FailureTexts) {
  return z.preprocess(
    (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value),
    z.enum(words),
  );
}

/** A description annotation: 0..100 characters, none of `!<>=&"'` (docs/api/pools-and-flavors.md "2.2 Create"). */
export const poolDescription = z
  .string()
  .max(100, 'at most 100 characters')
  .regex(/^[^!<>=&"']*$/, 'must not contain any of ! < > = & " \'');

const nonEmpty = z.string().min(1, 'must not be empty');
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

/** One flavor with its nodes, as create and patch take it (docs/api/pools-and-flavors.md "2.2 Create", with the fields beyond the primary pages). */
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
    /** The pages end this list with dots: further members are passed on as texts. */
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
  .check(({ value, issues }) => {
    const refuse = (path: string, message: string) =>
      issues.push({ code: 'custom', path: [path], message, input: value });
    const placed = (value.azs ?? []).reduce((sum, az) => sum + az.count, 0);
    if (placed > value.count) refuse('azs', `the zones take ${placed} nodes, the flavor has ${value.count}`);
    const zones = (value.azs ?? []).map(({ az }) => az);
    if (new Set(zones).size < zones.length) refuse('azs', 'each zone may be named once');
    if (value.creatingStep !== undefined && value.count % value.creatingStep.step !== 0) {
      refuse('count', `must be a multiple of creatingStep.step, ${value.creatingStep.step}`);
    }
    if ((value.dataVolumes ?? []).length > 0 && (value.volumeGroupConfigs ?? []).length === 0) {
      refuse('volumeGroupConfigs', 'required when dataVolumes are given');
    }
  });

/** All flavors of a pool: at most 10, each named once (docs/api/pools-and-flavors.md "2.2 Create"). */
export const resourceRequests = z
  .array(resourceRequest)
  .min(1, 'at least one flavor')
  .max(10, 'at most 10 flavors')
  .check(({ value, issues }) => {
    value.forEach(({ flavor }, index) => {
      if (value.findIndex((other) => other.flavor === flavor) < index) {
        issues.push({ code: 'custom', path: [index, 'flavor'], message: `${flavor} is named twice`, input: value });
      }
    });
  });

export const driverRequest = z.strictObject({
  gpuVersion: nonEmpty.optional(),
  npuVersion: nonEmpty.optional(),
  updateStrategy: z.enum(['force', 'idle']).optional(),
});

export const scopeRequest = z.array(z.enum(['Train', 'Infer', 'Notebook'])).min(1, 'at least one job type');

/** A password that is asked for by the wire only; it is never part of an error. */
export const wirePassword = z
  .union([z.string(), z.instanceof(Secret)])
  .transform((value) => (value instanceof Secret ? value.reveal() : value));

/** Whether a flavor's name says that it has neither GPU nor NPU; names that say nothing pass. */
export function isCpuFlavor(flavor: string): boolean {
  return /(^|\.)cpu(\d|\.|$)/.test(flavor);
}
