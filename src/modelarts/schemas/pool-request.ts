import { z } from 'zod';
import {
  driverChange,
  driverRequest,
  isCpuFlavor,
  poolDescription,
  resourceChanges,
  resourceRequests,
  scopeRequest,
} from './pool-request-parts.js';
import { nonEmpty, type RequestOf, rules, scalarText, scalarWord, secretText } from './request-parts.js';

const cidr = z.cidrv4('a CIDR such as 172.16.0.0/16');

const labels = z.strictObject({
  'os.modelarts/name': z
    .string()
    .min(4, 'at least 4 characters')
    .max(32, 'at most 32 characters')
    .regex(
      /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
      'lower-case letters, digits and -, starting with a letter, not ending with -',
    ),
  'os.modelarts/workspace.id': scalarText.optional(),
  'os.modelarts/sharing': z.enum(['unshared', 'shared']).optional(),
  'os.modelarts/node.prefix': z.string().optional(),
});

const billing = {
  'os.modelarts/billing.mode': scalarWord(['0', '1']).optional(),
  'os.modelarts/period.num': z
    .preprocess(
      (value) => (typeof value === 'number' ? String(value) : value),
      z.string().regex(/^[1-9]\d*$/, 'a whole number from 1'),
    )
    .optional(),
  'os.modelarts/period.type': scalarWord(['2', '3', '4']).optional(),
  'os.modelarts/auto.renew': scalarWord(['0', '1']).optional(),
  'os.modelarts/auto.pay': scalarWord(['true', 'false', '0', '1']).optional(),
  'os.modelarts/promotion.info': scalarText.optional(),
  'os.modelarts/service.console.url': scalarText.optional(),
  'os.modelarts/order.id': scalarText.optional(),
  'os.modelarts/product.id': scalarText.optional(),
};

/**
 * More annotations exist than the pages list (docs/api/pools-and-flavors.md "0.1 Corrections"). A key of another form
 * is a mistake.
 */
const annotations = z
  .object({
    'os.modelarts/description': poolDescription.optional(),
    ...billing,
    'os.modelarts/scheduler.extension': scalarText.optional(),
  })
  .catchall(scalarText)
  .check(
    rules((value, report) => {
      for (const key of Object.keys(value)) {
        if (!/^os\.modelarts[^/]*\/./.test(key)) report([key], 'must have the form os.modelarts…/…');
      }
    }),
  );

const createAnnotations = annotations.check(
  rules((value, report) => {
    const num = value['os.modelarts/period.num'];
    const type = value['os.modelarts/period.type'];
    const monthly = value['os.modelarts/billing.mode'] === '1';
    const message = monthly ? 'required with billing mode 1' : 'period.num and period.type require each other';
    if (num === undefined && (monthly || type !== undefined)) report(['os.modelarts/period.num'], message);
    if (type === undefined && (monthly || num !== undefined)) report(['os.modelarts/period.type'], message);
  }),
);

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
    userLogin: z.strictObject({ password: secretText.optional(), keyPairName: nonEmpty.optional() }).optional(),
  })
  .check(
    rules((value, report) => {
      const logical = value.type === 'Logical';
      // A lite pool runs on a cluster of the user, which has its own network and no job types
      // (docs/api/pools-and-flavors.md "2.2 Create").
      const lite = (value.clusters ?? []).length > 0 || value.network?.vpcId !== undefined;

      if (logical) {
        for (const key of ['network', 'masters', 'driver'] as const) {
          if (value[key] !== undefined) report([key], 'not allowed for a logical pool');
        }
        if (value.scope?.some((scope) => scope !== 'Train')) report(['scope'], 'a logical pool supports only Train');
      } else if (!lite && value.network?.name === undefined) {
        report(value.network === undefined ? ['network'] : ['network', 'name'], 'required for a physical pool');
      }
      if (lite && value.scope !== undefined) report(['scope'], 'not allowed for a pool on your own cluster');
      if (!lite && value.scope === undefined) report(['scope'], 'at least one job type is required');
      if (value.scope !== undefined && new Set(value.scope).size < value.scope.length)
        report(['scope'], 'must not repeat a job type');

      value.resources.forEach(({ count, maxCount }, index) => {
        if (maxCount === undefined) return;
        const path = ['resources', index, 'maxCount'];
        if (logical && maxCount < count) report(path, `must be at least count, ${count}`);
        if (!logical && maxCount !== count) report(path, `must equal count, ${count}, in a physical pool`);
      });
      if (value.resources.every(({ flavor }) => isCpuFlavor(flavor))) {
        if (value.driver?.gpuVersion !== undefined) report(['driver', 'gpuVersion'], 'only with a GPU flavor');
        if (value.driver?.npuVersion !== undefined) report(['driver', 'npuVersion'], 'only with an NPU flavor');
      }
    }),
  );

/**
 * The body of a pool create. `kind` and `apiVersion` are optional (docs/api/pools-and-flavors.md "2.2 Create", "2.7
 * What to validate on create").
 */
export const poolCreateSchema = z.strictObject({
  kind: z.literal('Pool').default('Pool'),
  apiVersion: z.enum(['v2', 'v1']).default('v2'),
  metadata: z.strictObject({ labels, annotations: createAnnotations.optional() }),
  spec,
});

/** A change may repeat every annotation that was read. */
const patchAnnotations = z.record(z.string(), scalarText).check(
  rules((value, report) => {
    const description = poolDescription.optional().safeParse(value['os.modelarts/description']);
    if (!description.success) {
      report(['os.modelarts/description'], description.error.issues[0]?.message ?? 'is not valid');
    }
  }),
);

/**
 * The body of a pool patch, a JSON merge patch, which replaces whole arrays (docs/api/pools-and-flavors.md "2.4 Show,
 * PATCH, DELETE").
 */
export const poolPatchSchema = z
  .strictObject({
    metadata: z
      .strictObject({
        labels: labels.omit({ 'os.modelarts/name': true, 'os.modelarts/node.prefix': true }).optional(),
        annotations: patchAnnotations.optional(),
      })
      .optional(),
    spec: z
      .strictObject({
        scope: scopeRequest.optional(),
        resources: resourceChanges.optional(),
        driver: driverChange.optional(),
        jobFlavors: z.array(nonEmpty).optional(),
      })
      .optional(),
  })
  .check(
    rules((value, report) => {
      const changes = [value.metadata?.labels, value.metadata?.annotations, value.spec].flatMap((part) =>
        Object.entries(part ?? {}).flatMap(([key, wanted]) => (wanted === undefined ? [] : [key])),
      );
      if (changes.length === 0) report([], 'nothing to change');
      if (changes.includes('os.modelarts/workspace.id') && changes.length > 1) {
        report(['metadata', 'labels', 'os.modelarts/workspace.id'], 'must be the only change when a pool is moved');
      }
    }),
  );

/** The query of the pool list (docs/api/pools-and-flavors.md "2.3 List"). */
export const poolFilterSchema = z.strictObject({
  workspaceId: scalarText.optional(),
  labelSelector: nonEmpty.optional(),
  status: z.enum(['created', 'failed', 'creating']).optional(),
  parent: nonEmpty.optional(),
});

/** The request to create a pool, in the shape of the API. */
export type PoolCreate = RequestOf<z.input<typeof poolCreateSchema>>;
/** The request to change a pool, in the shape of the API. */
export type PoolPatch = RequestOf<z.input<typeof poolPatchSchema>>;
/** Which pools to list. Without `status`, failed creations are hidden. */
export type PoolFilter = RequestOf<z.input<typeof poolFilterSchema>>;
