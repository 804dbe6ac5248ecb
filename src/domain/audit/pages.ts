import { fitting, type RecordedPages } from '../pages.js';
import type { Cost } from '../price.js';
import { type OwnershipStatus, ownershipStatuses } from '../resource/inventory.js';
import { cut } from '../text.js';
import { type AuditFinding, type AuditReport, asksForAction, compareFindings, countStatuses } from './report.js';

/** The findings of one page of the project's resources. */
export interface AuditPage {
  /** Epoch milliseconds at which the lists were read. */
  readonly at: number;
  readonly findings: readonly AuditFinding[];
  /** Null without a price table. */
  readonly currency: string | null;
  readonly unpriced: readonly string[];
  readonly unread: readonly string[];
  /** Where the next page begins; null after the last one. */
  readonly next: string | null;
}

/** The sums of all pages so far. Bounded, because it is carried over continue-as-new. */
export interface AuditTally {
  readonly at: number | null;
  readonly counts: Readonly<Record<OwnershipStatus, number>>;
  readonly currency: string | null;
  readonly perHour: number;
  readonly sinceCreation: number;
  /** Number of resources of ours with a cost, and of those whose cost since creation is known. */
  readonly priced: number;
  readonly known: number;
  readonly unpriced: readonly string[];
  readonly unread: readonly string[];
  /** The first findings of those that need action. */
  readonly first: readonly AuditFinding[];
}

/** How large the findings of one page may be as JSON. Three pages and what a run carries stay below 1 MB. */
export const pageBytes = 224 * 1024;
/** The findings of a partial report. */
const firstLimit = { count: 150, bytes: 64 * 1024 };
/** Flavors without a price, and lists that could not be read; each is one line. */
const lines = { count: 100, length: 500 };

const noCounts = { owned: 0, orphan: 0, foreign: 0, expired: 0, stuck: 0, unknown: 0 };

export const emptyTally: AuditTally = {
  at: null,
  counts: noCounts,
  currency: null,
  perHour: 0,
  sinceCreation: 0,
  priced: 0,
  known: 0,
  unpriced: [],
  unread: [],
  first: [],
};

/** Adds one page to the sums. */
export function addPage(tally: AuditTally, page: AuditPage): AuditTally {
  const counts = { ...tally.counts };
  const added = countStatuses(page.findings);
  for (const status of ownershipStatuses) counts[status] += added[status];
  const costs = page.findings.flatMap(({ standing, cost }) => (standing === 'foreign' || cost === null ? [] : [cost]));
  const known = costs.flatMap(({ sinceCreation }) => (sinceCreation === null ? [] : [sinceCreation]));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    at: tally.at ?? page.at,
    counts,
    currency: page.currency ?? tally.currency,
    perHour: tally.perHour + sum(costs.map(({ perHour }) => perHour)),
    sinceCreation: tally.sinceCreation + sum(known),
    priced: tally.priced + costs.length,
    known: tally.known + known.length,
    unpriced: merged(tally.unpriced, page.unpriced).sort(),
    unread: merged(tally.unread, page.unread),
    first: firstOf([...tally.first, ...page.findings]),
  };
}

/** The report of all pages, with these findings. */
export function reportOf(
  tally: AuditTally,
  findings: readonly AuditFinding[],
  about: Pick<AuditReport, 'at' | 'source' | 'installation'>,
): AuditReport {
  const { counts, unpriced, unread } = tally;
  return { ...about, findings: [...findings].sort(compareFindings), counts, costs: costsOf(tally), unpriced, unread };
}

/** The report of more findings than one result may hold. */
export function partialReport(
  tally: AuditTally,
  pages: readonly RecordedPages[],
  about: Pick<AuditReport, 'at' | 'source' | 'installation'>,
): AuditReport {
  return { ...reportOf(tally, tally.first, about), partial: true, pages };
}

/** The whole report from a partial one and all findings. Null when these are not all, and the report stays partial. */
export function completed(report: AuditReport, findings: readonly AuditFinding[]): AuditReport | null {
  const { partial: _partial, pages: _pages, ...rest } = report;
  const total = Object.values(report.counts).reduce((sum, count) => sum + count, 0);
  return findings.length === total ? { ...rest, findings: [...findings].sort(compareFindings) } : null;
}

function costsOf({ currency, perHour, sinceCreation, priced, known }: AuditTally): Cost | null {
  if (currency === null) return null;
  const rounded = (money: number) => Math.round(money * 10_000) / 10_000;
  const total = known === 0 && priced > 0 ? null : rounded(sinceCreation);
  return { perHour: rounded(perHour), sinceCreation: total, currency };
}

function firstOf(findings: readonly AuditFinding[]): AuditFinding[] {
  const byNeed = (a: AuditFinding, b: AuditFinding) => Number(asksForAction(b)) - Number(asksForAction(a));
  const sorted = [...findings].sort((a, b) => byNeed(a, b) || compareFindings(a, b)).slice(0, firstLimit.count);
  return sorted.slice(0, fitting(sorted, firstLimit.bytes));
}

function merged(before: readonly string[], added: readonly string[]): string[] {
  return [...new Set([...before, ...added.map((line) => cut(line, lines.length))])].slice(0, lines.count);
}
