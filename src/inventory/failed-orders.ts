import type { FailedOrder } from '../domain/resource/failed-order.js';
import { parseInstant } from '../domain/resource/instant.js';
import type { ModelArts } from '../modelarts/client.js';
import type { OrderList } from '../modelarts/schemas/order.js';

/** The clocks of client and service may differ by this. */
const slackMs = 60_000;

/** A pool whose creation failed. */
interface FailedPool {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string | null;
}

/**
 * Reads the order of a failed creation: one page of orders and the results of one of them. It is best effort: null when
 * the account cannot read orders, or when there is none.
 */
export async function readFailedOrder(
  { orders }: Pick<ModelArts, 'orders'>,
  pool: FailedPool,
  options: { readonly signal: AbortSignal; readonly timeoutMs?: number; readonly maxWaitMs?: number },
): Promise<FailedOrder | null> {
  const createdAt = pool.createdAt === null ? null : parseInstant(pool.createdAt);
  const since = createdAt === null ? {} : { since: Math.max(0, createdAt - slackMs) };
  const find = async (involvedName: string) =>
    newestFailed((await orders.list({ limit: 500, involvedName, ...since }, options)).items, pool);
  try {
    // One edition filters by id, another by display name.
    const found = (await orNull(find(pool.id), options.signal)) ?? (await find(pool.name));
    if (found === null) return null;
    const details = await orNull(orders.show(found.orderName ?? '', options), options.signal);
    const failed = (details?.items ?? []).filter(
      ({ action, status }) => action === 'createNode' && status === 'failed',
    );
    return {
      failReason: found.failReason ?? null,
      nodeMessages: failed.flatMap(({ message }) => message ?? []),
    };
  } catch (error) {
    if (options.signal.aborted) throw error;
    return null;
  }
}

type Order = OrderList['items'][number];

function newestFailed(orders: readonly Order[], { id, name }: FailedPool): Order | null {
  const own = orders.filter(
    ({ resourceName, resourceDisplayName, operation, phase, result }) =>
      (resourceName === id || resourceDisplayName === name) && operation === 'apply' && (result ?? phase) === 'failed',
  );
  return own.sort((a, b) => (b.creationTimestamp ?? 0) - (a.creationTimestamp ?? 0))[0] ?? null;
}

async function orNull<T>(read: Promise<T>, signal: AbortSignal): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}
