import type { BulkResult } from '../../client/bulk.js';
import type { Progress } from '../../contract/progress.js';
import { describeDuration } from '../../domain/duration.js';
import { renderTable } from './table.js';
import { localTimes } from './time.js';
import type { View } from './view.js';

/** One operation of a bulk command. Every key is always present. */
export interface BulkRow {
  readonly workflowId: string;
  readonly name: string;
  readonly phase: Progress['phase'];
  readonly why: string;
  /** Null before the confirmation. */
  readonly result: BulkResult['result'] | null;
  readonly reason: string | null;
}

/** The operations that would get the command. */
export function renderListed(listed: readonly Progress[], { now, timeZone, columns }: View): string {
  const rows = listed.map(({ workflowId, phase, phaseSince, why }) => [
    workflowId,
    phase,
    describeDuration(Math.max(0, now - Date.parse(phaseSince))),
    localTimes(why, timeZone),
  ]);
  return renderTable(rows, ['OPERATION', 'PHASE', 'SINCE', 'WHY'], { columns, last: 'cut' });
}

/** The result for each operation. */
export function renderSteered(rows: readonly BulkRow[], { colors, columns, timeZone }: View): string {
  const paint = { done: colors.green, refused: colors.red, failed: colors.red, untouched: colors.yellow };
  return renderTable(
    rows.map(({ workflowId, result, reason }) => [
      workflowId,
      result === null ? '' : paint[result](result),
      localTimes(reason ?? '', timeZone),
    ]),
    ['OPERATION', 'RESULT', 'REASON'],
    { columns, last: 'wrap' },
  );
}
