import { z } from 'zod';
import {
  driverRequest,
  isCpuFlavor,
  poolDescription,
  resourceRequests,
  scopeRequest,
  wirePassword,
  wireText,
  wireWord,
} from './pool-parts.js';
import type { RequestOf } from './request-type.js';

const cidr = z.cidrv4('a CIDR such as 172.16.0.0/16');
const nonEmpty = z.string().min(1, 'must not be empty');

const labels = z.strictObject({
  'os.modelarts/name': z
    .string()
    .min(4, 'at least 4 characters')
    .max(30, 'at most 30 characters, as the pool id adds the project id')
    .regex(
      /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
      'lower-case letters, digits and -, starting with a letter, not ending with -',
    ),
  'os.modelarts/workspace.id': wireText.optional(),
  'os.modelarts/sharing': z.enum(['unshared', 'shared']).optional(),
  'os.modelarts/node.prefix': z.string().optional(),
});

const billing = {
  'os.modelarts/billing.mode': wireWord(['0', '1']).optional(),
  'os.modelarts/period.num': z
    .preprocess(
      (value) => (typeof value === 'number' ? String(value) : value),
      z.string().regex(/^[1-9]\d*$/, 'a whole number from 1'),
    )
    .optional(),
  'os.modelarts/period.type': wireWord(['2', '3', '4']).optional(),
  'os.modelarts/auto.renew': wireWord(['0', '1']).optional(),
  'os.modelarts/auto.pay': wireWord(['true', 'false', '0', '1']).optional(),
  'os.modelarts/promotion.info': wireText.optional(),
  'os.modelarts/service.console.url': wireText.optional(),
  'os.modelarts/order.id': wireText.optional(),
  'os.modelarts/product.id': wireText.optional(),
};

const annotations = z
  .strictObject({
    'os.modelarts/description': poolDescription.optional(),
    ...billing,
    'os.modelarts/scheduler.extension': wireText.optional(),
  })
  .check(({ value, issues }) => {
    const refuse = (key: string, message: string) =>
      issues.push({ code: 'custom', path: [key], message, input: value });
    const num = value['os.modelarts/period.num'];
    const type = value['os.modelarts/period.type'];
    const monthly = value['os.modelarts/billing.mode'] === '1';
    const why = monthly ? 'required with billing mode 1' : 'period.num and period.type go together';
    if (num === undefined && (monthly || type !== undefined)) refuse('os.modelarts/period.num', why);
    if (type === undefined && (monthly || num !== undefined)) refuse('os.modelarts/period.type', why);
  });

const spec = z
  .strictObject({
    type: z.enum(['Dedicate', 'Logical']),
    scope: scopeRequest.optional(),
    network: z
      .strictObject({
        name: nonEmpty.max(128, 'at most 128 characters').optional(),
        vpcId: nonEmpty.optional(),
        subnetId: nonEmpty.optional(),
      })
      .optional(),
    masters: z.array(z.strictObject({ az: nonEmpty.optional() })).optional(),
    resources: resourceRequests,
    parent: nonEmpty.optional(),
    jobFlavors: z.array(nonEmpty).optional(),
    driver: driverRequest.optional(),
    containerNetwork: z.strictObject({ cidr: cidr.optional() }).optional(),
    kubernetesSvcIpRange: cidr.optional(),
    clusterFlavor: nonEmpty.optional(),
    ipv6enable: z.boolean().optional(),
    clusters: z.array(z.strictObject({ providerId: nonEmpty })).optional(),
    userLogin: z.strictObject({ password: wirePassword.optional(), keyPairName: nonEmpty.optional() }).optional(),
  })
  .check(({ value, issues }) => {
    const refuse = (path: PropertyKey[], message: string) =>
      issues.push({ code: 'custom', path, message, input: null });
    const logical = value.type === 'Logical';
    // A lite pool is put on a cluster of the user's own, which brings its network and has no job types (2.2, TF).
    const lite = (value.clusters ?? []).length > 0 || value.network?.vpcId !== undefined;

    if (logical) {
      for (const key of ['network', 'masters', 'driver'] as const) {
        if (value[key] !== undefined) refuse([key], 'not allowed for a logical pool');
      }
      if (value.scope?.some((scope) => scope !== 'Train')) refuse(['scope'], 'a logical pool supports only Train');
    } else if (!lite && value.network?.name === undefined) {
      refuse(value.network === undefined ? ['network'] : ['network', 'name'], 'required for a physical pool');
    }
    if (lite && value.scope !== undefined) refuse(['scope'], 'not allowed for a pool on a cluster of your own');
    if (!lite && value.scope === undefined) refuse(['scope'], 'at least one job type');
    if (value.scope !== undefined && new Set(value.scope).size < value.scope.length)
      refuse(['scope'], 'each job type may be named once');

    value.resources.forEach(({ count, maxCount }, index) => {
      if (maxCount === undefined) return;
      const path = ['resources', index, 'maxCount'];
      if (logical && maxCount < count) refuse(path, `must not be below count, ${count}`);
      if (!logical && maxCount !== count) refuse(path, `must equal count, ${count}, in a physical pool`);
    });
    if (value.resources.every(({ flavor }) => isCpuFlavor(flavor))) {
      if (value.driver?.gpuVersion !== undefined) refuse(['driver', 'gpuVersion'], 'only with a GPU flavor');
      if (value.driver?.npuVersion !== undefined) refuse(['driver', 'npuVersion'], 'only with an NPU flavor');
    }
  });

/** The body of a pool create; `kind` and `apiVersion` may be left out (docs/api/pools-and-flavors.md "2.2 Create", "2.7 What to validate on create"). */
export const poolCreateSchema = z.strictObject({
  kind: z.literal('Pool').default('Pool'),
  apiVersion: z.enum(['v2', 'v1']).default('v2'),
  metadata: z.strictObject({ labels, annotations: annotations.optional() }),
  spec,
});

/** The body of a pool patch, a JSON merge patch: arrays replace as wholes (docs/api/pools-and-flavors.md "2.4 Show, PATCH, DELETE"). */
export const poolPatchSchema = z
  .strictObject({
    metadata: z
      .strictObject({
        labels: labels.omit({ 'os.modelarts/name': true, 'os.modelarts/node.prefix': true }).optional(),
        annotations: annotations.optional(),
      })
      .optional(),
    spec: z
      .strictObject({
        scope: scopeRequest.optional(),
        resources: resourceRequests.optional(),
        driver: driverRequest.optional(),
        jobFlavors: z.array(nonEmpty).optional(),
      })
      .optional(),
  })
  .check(({ value, issues }) => {
    const changes = [value.metadata?.labels, value.metadata?.annotations, value.spec].flatMap((part) =>
      Object.entries(part ?? {}).flatMap(([key, wanted]) => (wanted === undefined ? [] : [key])),
    );
    if (changes.length === 0) issues.push({ code: 'custom', path: [], message: 'nothing to change', input: null });
    if (changes.includes('os.modelarts/workspace.id') && changes.length > 1) {
      const path = ['metadata', 'labels', 'os.modelarts/workspace.id'];
      issues.push({ code: 'custom', path, message: 'moving a pool cannot go with any other change', input: null });
    }
  });

/** The query of the pool list (docs/api/pools-and-flavors.md "2.3 List"). */
export const poolFilterSchema = z.strictObject({
  workspaceId: wireText.optional(),
  labelSelector: nonEmpty.optional(),
  status: z.enum(['created', 'failed', 'creating']).optional(),
  parent: nonEmpty.optional(),
});

/** A pool create, in the API's own shape. */
export type PoolCreate = RequestOf<z.input<typeof poolCreateSchema>>;
/** A change of a pool, in the API's own shape. */
export type PoolPatch = RequestOf<z.input<typeof poolPatchSchema>>;
/** Which pools to list; without `status`, records of failed creations are hidden. */
export type PoolFilter = RequestOf<z.input<typeof poolFilterSchema>>;
