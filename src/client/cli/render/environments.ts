import type { Progress } from '../../../contract/progress.js';
import { describeDuration } from '../../../domain/duration.js';
import type { View } from './progress.js';
import { renderTable } from './table.js';
import { localTimes } from './time.js';

/** One row per environment. */
export function renderEnvironments(environments: readonly Progress[], { now, timeZone, columns }: View): string {
  if (environments.length === 0) return 'no environments';
  const rows = environments.map((progress) => {
    const since = Math.max(0, now - Date.parse(progress.phaseSince));
    const nodes =
      progress.pool === null || progress.pool.nodes.wanted === 0
        ? '-'
        : `${progress.pool.nodes.available}/${progress.pool.nodes.wanted}`;
    return [
      progress.name,
      progress.phase,
      describeDuration(since),
      nodes,
      progress.notebook?.status ?? '-',
      leaseLeft(progress, now),
      // An invalid spec has a line for each problem; a row has room for the first.
      localTimes(progress.why.split('\n')[0] ?? '', timeZone),
    ];
  });
  const head = ['NAME', 'PHASE', 'SINCE', 'NODES', 'NOTEBOOK', 'LEASE', 'WHY'];
  return renderTable(rows, head, { columns, last: 'cut' });
}

/** What is left of the lease; `ended` while its removal is under way or held. */
function leaseLeft({ lease, endedAt }: Progress, now: number): string {
  if (lease === null || lease.endsAt === null || endedAt !== null) return '-';
  const left = Date.parse(lease.endsAt) - now;
  return left > 0 ? describeDuration(left) : 'ended';
}
