import type { Job } from '../../domain/resource/pool-use.js';
import { renderTable } from './table.js';
import { formatTime } from './time.js';
import type { View } from './view.js';

/** The jobs in use on pools, with what a person needs to ask their owners; empty without jobs. */
export function renderJobs(
  jobs: readonly Job[],
  unknown: readonly string[],
  { timeZone, columns }: Pick<View, 'timeZone' | 'columns'>,
): string {
  const rows = jobs.map(({ resource, kind, name, owner, status, since }) => [
    kind,
    name,
    owner ?? '-',
    status ?? '-',
    since === null ? '-' : formatTime(since, timeZone),
    resource,
  ]);
  const head = ['JOB', 'NAME', 'OWNER', 'STATUS', 'SINCE', 'POOL'];
  const table = rows.length === 0 ? '' : renderTable(rows, head, { columns, last: 'wrap' });
  const lines = unknown.map((line) => `jobs not read: ${line}`);
  return [table, ...lines].filter((block) => block !== '').join('\n');
}
