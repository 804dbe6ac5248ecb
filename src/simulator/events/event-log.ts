import type { PoolLog, PoolRecord } from '../records.js';
import type { World } from '../world.js';

/** The number of events that are kept of a pool. */
const KEPT = 500;
const COUNTED = ['Available', 'Abnormal', 'Creating', 'Deleting'] as const;
const BAD_PHASES = ['Abnormal', 'Error', 'CreationFailed', 'ScalingFailed'];

/** Adds an event for a new phase and for new node counts (docs/api/workloads-and-operations.md "4.1 E1"). */
export function logPoolEvents(world: World, pool: PoolRecord, at: number): void {
  const log = world.state.poolLogs[pool.uid] ?? { phase: '', counts: '0/0/0/0', events: [] };
  world.state.poolLogs[pool.uid] = log;
  if (log.phase !== pool.phase) {
    const bad = BAD_PHASES.includes(pool.phase);
    const message = `Pool status changed, from ${log.phase} to ${pool.phase}${bad ? ', details: .' : '.'}`;
    add(log, { at, type: bad ? 'Warning' : 'Normal', reason: 'PoolStatusChange', message });
    log.phase = pool.phase;
  }
  const numbers = COUNTED.map((phase) => pool.nodes.filter((node) => node.phase === phase).length);
  const counts = numbers.join('/');
  if (log.counts !== counts) {
    const what = 'Pool resources status changed, available/abnormal/creating/deleting count';
    const message = `${what} from ${log.counts} to ${counts}, timestamp: ${Math.floor(at / 1000)}.`;
    const type = (numbers[1] ?? 0) > 0 ? 'Warning' : 'Normal';
    add(log, { at, type, reason: 'PoolResourcesStatusChange', message });
    log.counts = counts;
  }
}

/** The events go with the pool. */
export function dropPoolEvents(world: World, pool: PoolRecord): void {
  delete world.state.poolLogs[pool.uid];
}

function add(log: PoolLog, event: PoolLog['events'][number]): void {
  log.events.push(event);
  if (log.events.length > KEPT) log.events.shift();
}
