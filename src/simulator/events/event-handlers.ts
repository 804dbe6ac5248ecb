import { badRequest, poolError } from '../errors.js';
import { lagOf } from '../faults/outcomes.js';
import type { Json } from '../json.js';
import { matchesQuery, offsetPage, pageOf } from '../list-query.js';
import type { PoolEvent } from '../records.js';
import { type Call, type HandlerResult, timeIn, type World } from '../world.js';

/**
 * GET events of one pool, paged by `offset` or `continue` (docs/api/pools-and-flavors.md "4.5 Events",
 * docs/api/workloads-and-operations.md "4.1 E1").
 */
export function listEvents(world: World, call: Call): HandlerResult {
  const { query } = call;
  const name = query.get('name') ?? '';
  if (query.get('resource') !== 'pools' || name === '') throw badRequest('resource and name are required.');
  const pool = world.state.pools.findLast(({ id }) => id === name);
  if (pool === undefined) throw poolError(404, '50015001', `Pool ${name} not found.`);
  const newest = world.clock.now() - lagOf(call, world.behavior.eventsLagMs);
  const since = Number(query.get('since') || 0);
  const until = Math.min(Number(query.get('until') || Infinity), newest);
  const events = (world.state.poolLogs[pool.uid]?.events ?? []).filter(
    ({ at, type }) => at >= since && at <= until && matchesQuery(query, 'type', type),
  );
  if (query.get('ascend') !== 'true') events.reverse();
  const { items, metadata } = query.has('offset')
    ? { items: offsetPage(events, query, { most: 500, usual: 500 }), metadata: {} }
    : pageOf(events, query);
  const rows = items.map((event) => eventView(world, call, event));
  return { status: 200, body: { kind: 'EventList', apiVersion: 'v1', metadata, total: events.length, items: rows } };
}

function eventView(world: World, call: Call, { at, type, reason, message }: PoolEvent): Json {
  const time = timeIn(world, call.operation, at);
  return {
    kind: 'Event',
    apiVersion: 'v1',
    type,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    reason,
    message,
  };
}
