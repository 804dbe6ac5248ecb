import type { LeaseProgress } from '../../contract/progress.js';
import { type AuditFinding, type AuditReport, asksForAction, describeCounts } from '../../domain/audit/report.js';
import { describeDuration } from '../../domain/duration.js';
import type { Cost } from '../../domain/price.js';
import type { OwnershipStatus } from '../../domain/resource/inventory.js';
import { renderTable } from './table.js';
import { formatTime, localTimes } from './time.js';
import type { View } from './view.js';
import { cutText, widthOf, wrapText } from './width.js';

/** The reason is cut down to this and no further. */
const shortestWhy = 24;

/** What to do next about each standing; `name` is that of the first one. */
const hints: Readonly<Record<OwnershipStatus, ((name: string, source: AuditReport['source']) => string) | null>> = {
  orphan: (name) => `orphan: give it an owner with \`maops audit adopt ${name}\`, or see \`maops sweep plan\`.`,
  expired: (name) =>
    `expired: \`maops env show ${name}\` says why it is still there; \`maops env extend ${name}\` keeps it.`,
  stuck: (name) => `stuck: \`maops env why ${name}\` says what it waits for.`,
  unknown: (_name, source) =>
    source === 'cloud'
      ? 'unknown: who owns it is known to Temporal alone; `maops audit` asks it, `maops doctor` checks whether it answers.'
      : 'unknown: nothing can be said yet; look again later, `maops doctor` checks what could not be asked.',
  owned: null,
  foreign: null,
};

/** An audit as a table that fits a terminal of so many columns, with what to do next. */
export function renderAudit(report: AuditReport, { columns, timeZone }: Pick<View, 'columns' | 'timeZone'>): string {
  const { findings, costs, unpriced, unread } = report;
  const blocks = [findings.length === 0 ? '' : renderFindings(findings, costs !== null, { columns, timeZone })];
  const sum =
    costs === null
      ? ''
      : `; ${money(costs.perHour)} ${costs.currency} an hour, ${leastOf(report)}${soFar(costs)} so far`;
  const isProtected = findings.some((finding) => finding.isProtected) ? '  (* protected)' : '';
  blocks.push(`${describeCounts(report)}${sum}${isProtected}`);
  const notes = [
    ...unpriced.map((flavor) => `no price for ${flavor}: what uses it is in no sum`),
    ...unread.map((line) => `not read: ${line}`),
  ];
  blocks.push(notes.join('\n'), hintsFor(report).join('\n'));
  return wrapText(blocks.filter((block) => block !== '').join('\n\n'), columns);
}

function renderFindings(
  findings: readonly AuditFinding[],
  isPriced: boolean,
  { columns, timeZone }: Pick<View, 'columns' | 'timeZone'>,
): string {
  const head = ['KIND', 'NAME', 'STANDING', 'STATE', 'AGE', ...(isPriced ? ['COST/H', 'SO FAR'] : [])];
  const rows = findings.map((finding) => [
    finding.kind,
    finding.name,
    `${finding.standing}${finding.isProtected ? '*' : ''}`,
    finding.state ?? '-',
    finding.ageSeconds === null ? '-' : describeDuration(finding.ageSeconds * 1_000),
    ...(isPriced ? [finding.cost === null ? '?' : money(finding.cost.perHour), soFar(finding.cost)] : []),
  ]);
  const widths = head.map((title, index) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index]))));
  const taken = widths.reduce((sum, width) => sum + width + 2, 0);
  const beside = columns === undefined ? Number.POSITIVE_INFINITY : columns - taken;
  // Long names leave no room beside them: then it stands below.
  const isBelow = columns !== undefined && beside < shortestWhy;
  const room = isBelow ? Math.max(shortestWhy, columns - 2) : beside;
  const whys = findings.map((finding) => fitWhy(finding, room, timeZone));
  return renderTable(
    rows.map((row, index) => [...row, whys[index] ?? '']),
    [...head, 'WHY'],
    { columns, last: 'wrap' },
  );
}

/** What somebody has to act on is told whole; of the rest, which may be long, each stays in its line. */
function fitWhy(finding: AuditFinding, room: number, timeZone: string): string {
  const why = localTimes(finding.why, timeZone);
  return asksForAction(finding) ? wrapText(why, room) : cutText(why.replaceAll('\n', ' '), room);
}

function hintsFor({ findings, source }: AuditReport): string[] {
  const first = new Map<OwnershipStatus, AuditFinding>();
  for (const finding of findings) {
    const before = first.get(finding.standing);
    // Only what was made under a known name can be adopted.
    const isBetter = before === undefined || (before.owner === null && finding.owner !== null);
    if (asksForAction(finding) && isBetter) first.set(finding.standing, finding);
  }
  return [...first].flatMap(([standing, { name, owner }]) => {
    if (standing === 'orphan' && owner === null)
      return [`orphan: nobody knows the name that ${name} was made under; see \`maops sweep plan\`.`];
    const hint = hints[standing];
    // Steering commands take the operation's name, which a notebook need not have.
    const operation = owner?.slice(owner.indexOf('/') + 1) ?? name;
    return hint === null ? [] : [hint(standing === 'orphan' ? name : operation, source)];
  });
}

/** What nobody knows the past of is in no sum: then the sum is the least that it can be. */
function leastOf({ findings, costs }: AuditReport): string {
  const isKnown = ({ standing, cost }: AuditFinding) =>
    standing === 'foreign' || cost === null || cost.sinceCreation !== null;
  return costs?.sinceCreation == null || findings.every(isKnown) ? '' : 'at least ';
}

function money(amount: number): string {
  return amount.toFixed(2);
}

function soFar(cost: Cost | null): string {
  return cost?.sinceCreation == null ? '?' : money(cost.sinceCreation);
}

/** What was adopted together, and by which lease. */
interface Adoption {
  readonly lease: string;
  readonly findings: readonly AuditFinding[];
}

/** Reads out of the report of an adoption what the lease of the id, or name, owns since; null when it does not say. */
export function adoptionOf({ findings }: AuditReport, id: string): Adoption | null {
  const leaseOf = ({ why }: AuditFinding) => /^(lease\/\S+): adopted by /.exec(why)?.[1];
  const meant = findings.filter((finding) => finding.id === id || finding.name === id);
  const lease = meant.map(leaseOf).find((found) => found !== undefined);
  return lease === undefined ? null : { lease, findings: findings.filter((finding) => leaseOf(finding) === lease) };
}

/** One sentence: what has an owner again, which, and until when. */
export function renderAdoption(
  id: string,
  adoption: Adoption | null,
  lease: LeaseProgress | null,
  { timeZone, columns }: View,
): string {
  if (adoption === null) return `${id} is adopted`;
  const what = adoption.findings.map(({ kind, name }) => `${kind} ${name}`).join(' and ');
  const [verb, them] = adoption.findings.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return wrapText(`${what} ${verb} adopted: ${adoption.lease} owns ${them}${untilWhen(lease, timeZone)}`, columns);
}

function untilWhen(lease: LeaseProgress | null, timeZone: string): string {
  if (lease === null) return '';
  return lease.endsAt === null ? ', without an end' : ` until ${formatTime(lease.endsAt, timeZone)}`;
}
