import { z } from 'zod';
import { shaped } from './shapes.js';
import { count, epoch, identity, part, text, textMap } from './tolerant.js';

/** Rows of a list. A row that is no object is counted, because it may stand for a job. */
export function rows<Row extends z.ZodType>(row: Row) {
  const readRows = z.array(z.unknown()).transform((values) => {
    const readable: z.output<Row>[] = [];
    for (const value of values) {
      const parsed = row.safeParse(value);
      if (parsed.success) readable.push(parsed.data);
    }
    return { readable, unreadable: values.length - readable.length };
  });
  return shaped(readRows, { kind: 'list', item: row });
}

/** A job on a pool (docs/api/workloads-and-operations.md "2.2 W1 row"). Durations are seconds. */
export const workloadSchema = z.looseObject({
  type: text,
  namespace: text,
  name: text,
  uid: text,
  jobName: text,
  jobUUID: text,
  /** Unknown words are kept. */
  status: text,
  userName: text,
  flavor: text,
  priority: text,
  runningDuration: count,
  pendingDuration: count,
  pendingPosition: count,
  /** Epoch milliseconds. */
  createTime: epoch,
  gvk: text,
  hostIps: text,
});

/**
 * One page of workloads. `items` may be missing only in a response that says what it is: anything else proves nothing
 * about the pool.
 */
export const workloadPageSchema = z
  .looseObject({ kind: text, apiVersion: text, total: count, items: rows(workloadSchema).optional() })
  .refine(({ kind, items, total }) => items !== undefined || kind === 'WorkloadList' || total === 0, {
    message: 'missing',
    path: ['items'],
  })
  .transform(({ items = { readable: [], unreadable: 0 }, total }) => ({
    items: items.readable,
    unreadable: items.unreadable,
    total: total ?? null,
  }));

const counters = z.record(z.string(), z.unknown()).transform((map): Record<string, number> => {
  const numbers: Record<string, number> = {};
  for (const [key, value] of Object.entries(map)) {
    const parsed = count.parse(value);
    if (parsed !== undefined) numbers[key] = parsed;
  }
  return numbers;
});

const statistics = z.looseObject({
  total: count,
  items: z.array(z.looseObject({ type: text, total: count, status: part(counters) })).default([]),
});

/**
 * Counts of workloads by kind and status. The tables call the key `statics` (docs/api/workloads-and-operations.md "2.3
 * W2 and W3").
 */
export const workloadStatisticsSchema = z
  .looseObject({ statistics: statistics.optional(), statics: statistics.optional() })
  .refine((value) => value.statistics !== undefined || value.statics !== undefined, {
    message: 'missing',
    path: ['statistics'],
  })
  .transform((value) => value.statistics ?? value.statics ?? { items: [] });

/**
 * Allocation of all pools of the project (docs/api/workloads-and-operations.md "2.3 W2 and W3"). A pool that is missing
 * is unknown.
 */
export const poolRuntimeSchema = z.looseObject({
  kind: text,
  apiVersion: text,
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: identity, labels: textMap }),
      table: part(
        z.looseObject({ workload: part(z.looseObject({ allocated: part(counters), queue: part(counters) })) }),
      ),
    }),
  ),
});

/** A training job in a search (docs/api/workloads-and-operations.md "2.6 Other look-ups for the same question"). */
const trainingJobSchema = z.looseObject({
  kind: text,
  metadata: part(z.looseObject({ id: text, name: text, user_name: text, user_id: text, create_time: epoch })),
  status: part(z.looseObject({ phase: text })),
  spec: part(z.looseObject({ resource: part(z.looseObject({ pool_id: text })) })),
});

export const trainingJobPageSchema = z
  .looseObject({ total: count, items: rows(trainingJobSchema) })
  .transform(({ total, items }) => ({ items: items.readable, unreadable: items.unreadable, total: total ?? null }));

const serviceSchema = z.looseObject({
  id: text,
  service_id: text,
  name: text,
  service_name: text,
  status: text,
  user_name: text,
  user_id: text,
  create_at: epoch,
});

/** One page of services. No page documents the key of the list, so the known ones are accepted. */
export const servicePageSchema = z
  .looseObject({
    total: count,
    items: rows(serviceSchema).optional(),
    services: rows(serviceSchema).optional(),
    data: rows(serviceSchema).optional(),
  })
  .refine(({ items, services, data, total }) => (items ?? services ?? data) !== undefined || total === 0, {
    message: 'missing',
    path: ['items'],
  })
  .transform(({ total, items, services, data }) => {
    const found = items ?? services ?? data ?? { readable: [], unreadable: 0 };
    return { items: found.readable, unreadable: found.unreadable, total: total ?? null };
  });

/** A job on a pool in a response. */
export type Workload = z.output<typeof workloadSchema>;
/** One page of workloads. */
export type WorkloadPage = z.output<typeof workloadPageSchema>;
/** Counts of workloads. */
export type WorkloadStatistics = z.output<typeof workloadStatisticsSchema>;
/** Allocation of all pools. */
export type PoolRuntime = z.output<typeof poolRuntimeSchema>;
/** One page of training jobs. */
export type TrainingJobPage = z.output<typeof trainingJobPageSchema>;
/** One page of services. */
export type ServicePage = z.output<typeof servicePageSchema>;
