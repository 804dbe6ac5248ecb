import { z } from 'zod';
import { pageMetadata } from '../modelarts/schemas/flavor.js';
import { count, identity, instant, items, many, part, text, textMap } from '../modelarts/schemas/tolerant.js';

// Schemas of reads that only the probe makes.

/** docs/api/pools-and-flavors.md "2.5 retry-scope, statistics, monitor, nodes". */
export const nodeListSchema = z.looseObject({
  kind: text,
  apiVersion: text,
  metadata: pageMetadata,
  items: items(
    z.looseObject({
      kind: text,
      apiVersion: text,
      metadata: z.looseObject({ name: identity, creationTimestamp: instant, labels: textMap, annotations: textMap }),
      spec: part(
        z.looseObject({
          flavor: text,
          hostNetwork: part(z.looseObject({ vpc: text, subnet: text, securityGroups: many(z.string()) })),
          os: part(z.looseObject({ name: text, imageId: text })),
          extendParams: part(textMap),
        }),
      ),
      status: part(
        z.looseObject({
          phase: text,
          az: text,
          privateIp: text,
          resources: part(textMap),
          availableResources: part(textMap),
          taints: many(z.looseObject({ key: text, value: text, effect: text })),
          driver: part(z.looseObject({ phase: text, version: text })),
          os: part(z.looseObject({ name: text })),
          plugins: many(z.looseObject({ name: text, phase: text })),
        }),
      ),
    }),
  ),
});

const poolCounts = z.looseObject({ creating: count, created: count, failed: count, pending: count, deleting: count });

export const poolStatisticsSchema = z.looseObject({
  statistics: part(z.looseObject({ status: part(poolCounts) })),
  operationTime: text,
});

/** docs/api/pools-and-flavors.md "4.3 Quotas and environment config". */
export const quotaSchema = z.looseObject({
  quotas: part(z.looseObject({ resources: many(z.looseObject({ type: text, quota: count, used: count })) })),
});

/** docs/api/workloads-and-operations.md "10. Quotas, workspaces: what can be known before a create". */
export const workspaceListSchema = z.looseObject({
  total_count: count,
  count,
  workspaces: many(
    z.looseObject({
      id: identity,
      name: text,
      description: text,
      status: text,
      status_info: text,
      auth_type: text,
      owner: text,
      enterprise_project_id: text,
    }),
  ),
});

const flavorCounts = many(z.looseObject({ flavor: text, count, azs: many(z.looseObject({ az: text, count })) }));

/** docs/api/pools-and-flavors.md "4.4 Work orders". */
export const orderListSchema = z.looseObject({
  count,
  items: many(
    z.looseObject({
      orderName: text,
      orderId: text,
      resourceName: text,
      resourceDisplayName: text,
      workspaceId: text,
      operation: text,
      phase: text,
      result: text,
      failReason: text,
      creationTimestamp: count,
      beginTimestamp: count,
      endTimestamp: count,
      billingMode: text,
      periodType: text,
      periodNum: text,
      initCount: flavorCounts,
      specCount: flavorCounts,
      resultCount: flavorCounts,
    }),
  ),
});

export const orderSchema = z.looseObject({
  count,
  items: many(
    z.looseObject({
      resourceName: text,
      action: text,
      status: text,
      beginTimestamp: count,
      updateTimestamp: count,
      message: text,
    }),
  ),
});

/** docs/api/pools-and-flavors.md "4.5 Events". */
export const eventListSchema = z.looseObject({
  kind: text,
  apiVersion: text,
  metadata: pageMetadata,
  total: count,
  items: many(
    z.looseObject({
      kind: text,
      apiVersion: text,
      type: text,
      firstTimestamp: text,
      lastTimestamp: text,
      count,
      reason: text,
      message: text,
    }),
  ),
});
