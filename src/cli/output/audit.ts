import type { LeaseProgress } from '../../contract/progress.js';
import { type AuditFinding, type AuditReport, asksForAction, describeCounts } from '../../domain/audit/report.js';
import { describeDuration } from '../../domain/duration.js';
import type { Cost } from '../../domain/price.js';
import type { OwnershipStatus } from '../../domain/resource/inventory.js';
import { renderTable } from './table.js';
import { formatTime, localTimes } from './time.js';
import type { View } from './view.js';
import { cutText, widthOf, wrapText } from './width.js';

/** The reason is never cut shorter than this. */
const shortestWhy = 24;

/** What to do next about each ownership status; `name` is the first resource. */
const hints: Readonly<Record<OwnershipStatus, ((name: string, source: AuditReport['source']) => string) | null>> = {
  orphan: (name) =>
    `orphan: adopt it with \`maops audit adopt ${name}\`, or delete it with a sweep: \`maops sweep plan\`.`,
  expired: (name) =>
    `expired: \`maops env show ${name}\` shows why it still exists; \`maops env extend ${name}\` keeps it.`,
  stuck: (name) => `stuck: \`maops env why ${name}\` shows what it waits for.`,
  unknown: (_name, source) =>
    source === 'cloud'
      ? 'unknown: only Temporal knows the owner. Run `maops audit`; `maops doctor` checks the connection.'
      : 'unknown: the owner could not be read. Run the audit again later; `maops doctor` checks the connections.',
  owned: null,
  foreign: null,
};

/** An audit as a table that fits the terminal, with what to do next. */
export function renderAudit(report: AuditReport, { columns, timeZone }: Pick<View, 'columns' | 'timeZone'>): string {
  const { findings, costs, unpriced, unread } = report;
  const blocks = [findings.length === 0 ? '' : renderFindings(findings, costs !== null, { columns, timeZone })];
  const sum =
    costs === null
      ? ''
      : `; ${money(costs.perHour)} ${costs.currency}/hour; total so far ${leastOf(report)}${total(costs)}`;
  const isProtected = findings.some((finding) => finding.isProtected) ? '  (* protected)' : '';
  blocks.push(`${describeCounts(report)}${sum}${isProtected}`);
  const notes = [
    ...unpriced.map((flavor) => `no price for ${flavor}: not included in the sums`),
    ...unread.map((line) => `not read: ${line}`),
    ...(report.partial === true ? ['not the whole list: Temporal no longer has the rest of it'] : []),
  ];
  blocks.push(notes.join('\n'), hintsFor(report).join('\n'));
  return wrapText(blocks.filter((block) => block !== '').join('\n\n'), columns);
}

function renderFindings(
  findings: readonly AuditFinding[],
  isPriced: boolean,
  { columns, timeZone }: Pick<View, 'columns' | 'timeZone'>,
): string {
  const head = ['KIND', 'NAME', 'OWNERSHIP', 'STATE', 'AGE', ...(isPriced ? ['COST/H', 'SO FAR'] : [])];
  const rows = findings.map((finding) => [
    finding.kind,
    finding.name,
    `${finding.standing}${finding.isProtected ? '*' : ''}`,
    finding.state ?? '-',
    finding.ageSeconds === null ? '-' : describeDuration(finding.ageSeconds * 1_000),
    ...(isPriced
      ? [
          finding.cost === null ? '?' : money(finding.cost.perHour),
          finding.cost?.sinceCreation == null ? '?' : money(finding.cost.sinceCreation),
        ]
      : []),
  ]);
  const widths = head.map((title, index) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index]))));
  const taken = widths.reduce((sum, width) => sum + width + 2, 0);
  const beside = columns === undefined ? Number.POSITIVE_INFINITY : columns - taken;
  // Long names leave no room beside them; then the reason is on a line below.
  const isBelow = columns !== undefined && beside < shortestWhy;
  const room = isBelow ? Math.max(shortestWhy, columns - 2) : beside;
  const whys = findings.map((finding) => fitWhy(finding, room, timeZone));
  return renderTable(
    rows.map((row, index) => [...row, whys[index] ?? '']),
    [...head, 'WHY'],
    { columns, last: 'wrap' },
  );
}

/** The reason in full where action is needed, else cut to one line. */
function fitWhy(finding: AuditFinding, room: number, timeZone: string): string {
  const why = localTimes(finding.why, timeZone);
  return asksForAction(finding) ? wrapText(why, room) : cutText(why.replaceAll('\n', ' '), room);
}

function hintsFor({ findings, source }: AuditReport): string[] {
  const first = new Map<OwnershipStatus, AuditFinding>();
  for (const finding of findings) {
    const before = first.get(finding.standing);
    // Only a resource that was created under a known name can be adopted.
    const isBetter = before === undefined || (before.owner === null && finding.owner !== null);
    if (asksForAction(finding) && isBetter) first.set(finding.standing, finding);
  }
  return [...first].flatMap(([standing, { name, owner }]) => {
    if (standing === 'orphan' && owner === null)
      return [`orphan: ${name} cannot be adopted, because its environment is unknown. See \`maops sweep plan\`.`];
    const hint = hints[standing];
    // Commands take the name of the operation, which may differ from that of the notebook.
    const operation = owner?.slice(owner.indexOf('/') + 1) ?? name;
    return hint === null ? [] : [hint(standing === 'orphan' ? name : operation, source)];
  });
}

/** `at least` where the sum lacks resources whose costs so far are unknown. */
function leastOf({ findings, costs }: AuditReport): string {
  const isKnown = ({ standing, cost }: AuditFinding) =>
    standing === 'foreign' || cost === null || cost.sinceCreation !== null;
  return costs?.sinceCreation == null || findings.every(isKnown) ? '' : 'at least ';
}

function money(amount: number): string {
  return amount.toFixed(2);
}

function total(cost: Cost | null): string {
  return cost?.sinceCreation == null ? 'unknown' : money(cost.sinceCreation);
}

/** Resources that were adopted together, and the lease that owns them. */
interface Adoption {
  readonly lease: string;
  readonly findings: readonly AuditFinding[];
}

/** Finds the adopted resources of an id or name in the report; null when the report does not contain them. */
export function adoptionOf({ findings }: AuditReport, id: string): Adoption | null {
  const named = findings.filter((finding) => finding.id === id || finding.name === id);
  const lease = named.map(({ adoptedInto }) => adoptedInto).find((found) => found !== undefined);
  return lease === undefined ? null : { lease, findings: findings.filter(({ adoptedInto }) => adoptedInto === lease) };
}

/** One sentence: the adopted resources, their owner, and the end of its lease. */
export function renderAdoption(
  id: string,
  adoption: Adoption | null,
  lease: LeaseProgress | null,
  { timeZone, columns }: View,
): string {
  if (adoption === null) return `${id} adopted`;
  const resources = adoption.findings.map(({ kind, name }) => `${kind} ${name}`).join(' and ');
  const them = adoption.findings.length === 1 ? 'it' : 'them';
  return wrapText(`${resources} adopted: ${adoption.lease} owns ${them}${describeEnd(lease, timeZone)}`, columns);
}

function describeEnd(lease: LeaseProgress | null, timeZone: string): string {
  if (lease === null) return '';
  return lease.endsAt === null ? ', with no end' : ` until ${formatTime(lease.endsAt, timeZone)}`;
}
