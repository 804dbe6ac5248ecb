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
