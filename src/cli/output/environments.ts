import type { EnvironmentSummary } from '../../client/environment-summary.js';
import type { Progress } from '../../contract/progress.js';
import { describeDuration } from '../../domain/duration.js';
import { renderTable } from './table.js';
import { ageOf, localTimes } from './time.js';
import type { View } from './view.js';

/** One row per environment, from what Temporal lists. */
export function renderSummaries(environments: readonly EnvironmentSummary[], { now, columns }: View): string {
  if (environments.length === 0) return 'no environments';
  const rows = environments.map((summary) => {
    const { name, phase, startedAt, endedAt, pool } = summary;
    const age = describeDuration(Math.max(0, now - Date.parse(endedAt ?? startedAt)));
    return [
      name,
      phase,
      endedAt === null ? `running ${age}` : `ended ${age} ago`,
      leaseLeft(summary, now),
      pool?.id ?? '-',
    ];
  });
  return renderTable(rows, ['NAME', 'PHASE', 'OPERATION', 'LEASE', 'POOL'], { columns, last: 'cut' });
}

/** One row per environment, from the progress of each. */
export function renderEnvironments(environments: readonly Progress[], { now, timeZone, columns }: View): string {
  if (environments.length === 0) return 'no environments';
  const someProtected = environments.some(isProtected);
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
      describeNotebook(progress.notebook, now),
      ...(someProtected ? [isProtected(progress) ? 'yes' : '-'] : []),
      leaseLeft(progress, now),
      // An invalid spec has one line per problem; a row shows the first.
      localTimes(progress.why.split('\n')[0] ?? '', timeZone),
    ];
  });
  const head = ['NAME', 'PHASE', 'SINCE', 'NODES', 'NOTEBOOK', ...(someProtected ? ['PROTECTED'] : []), 'LEASE', 'WHY'];
  return renderTable(rows, head, { columns, last: 'cut' });
}

/** True when any resource was last observed with `maops:keep`, which protects the whole environment. */
function isProtected({ pool, notebook }: Progress): boolean {
  return pool?.protected === true || notebook?.protected === true;
}

/** The state of a notebook, with the age of an old observation. */
function describeNotebook(notebook: Progress['notebook'], now: number): string {
  if (notebook?.status == null) return '-';
  const age = ageOf(notebook.observedAt, now);
  return age === '' ? notebook.status : `${notebook.status} (${age})`;
}

/** Time left of the lease; `ended` after its end, until its resources are deleted. */
function leaseLeft({ lease, endedAt }: Pick<Progress | EnvironmentSummary, 'lease' | 'endedAt'>, now: number): string {
  if (lease === null || lease.endsAt === null || endedAt !== null) return '-';
  const left = Date.parse(lease.endsAt) - now;
  return left > 0 ? describeDuration(left) : 'ended';
}
