import type { Finding } from '../../probe/findings.js';
import { effects } from '../../probe/words.js';
import type { Probed } from '../commands/doctor-probe.js';
import { renderTable } from './table.js';
import type { View } from './view.js';

const names: Readonly<Record<Finding['kind'], string>> = {
  missingRight: 'missing right',
  missingCall: 'missing call',
  noResponse: 'no response',
  failed: 'failed call',
  unreadable: 'unreadable',
  unknownCode: 'unknown code',
  unknownWord: 'unknown word',
  contentType: 'content type',
  otherType: 'other type',
  unknownField: 'unknown field',
};

/** The probe below the checks of `maops doctor`: what was read, what differs, and what the product does about it. */
export function renderProbe(report: Probed, { columns }: Pick<View, 'columns'>): string {
  const { calls, findings, findingsOmitted, notebookApis, missingRights, blocked, recording } = report;
  const asked = calls.filter(({ state }) => state !== 'skipped');
  const answered = asked.filter(({ state }) => state === 'ok');
  const lines = [
    `probe: ${answered.length} of ${asked.length} reads succeeded`,
    `notebook APIs: current ${notebookApis.current}, historical ${notebookApis.historical}`,
  ];
  if (missingRights.length > 0) lines.push(`missing rights: ${missingRights.join(', ')}`);
  if (blocked.length > 0) lines.push(`blocked without: ${blocked.join(', ')}`);
  if (findings.length === 0) lines.push('nothing differs from the documentation');
  const rows = findings.map((finding) => [
    names[finding.kind],
    finding.operation,
    [finding.path ?? '', finding.value ?? ''].filter((text) => text !== '').join(': '),
    String(finding.count),
    effects[finding.effect],
  ]);
  const header = ['finding', 'call', 'where', 'times', 'what maops does'];
  const table = rows.length === 0 ? '' : renderTable(rows, header, { columns, last: 'wrap' });
  const omitted = findingsOmitted === 0 ? '' : `${findingsOmitted} more findings are not shown.`;
  const recorded =
    recording === null
      ? ''
      : `recorded ${recording.files} files (${recording.bytes} bytes) in ${recording.folder}. Look them over before you share them.`;
  return [...lines, table.trimEnd(), omitted, recorded].filter((text) => text !== '').join('\n');
}
