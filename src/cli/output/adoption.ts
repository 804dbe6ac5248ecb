import type { LeaseProgress } from '../../contract/progress.js';
import type { AuditFinding, AuditReport } from '../../domain/audit/report.js';
import type { View } from './progress.js';
import { formatTime } from './time.js';
import { wrapText } from './width.js';

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
