import type { LeaseProgress, Progress } from '../../src/contract/progress.js';
import type { LeaseScenario } from './lease-seed.js';

/** One extension that was asked for, in milliseconds; without an answer it is not known what became of it. */
export interface Asked {
  readonly sentAt: number;
  readonly ms: number;
  answer: { readonly at: number; readonly lease: LeaseProgress | null; readonly why: string } | null;
}

/** All that is known of a race when it is over. */
export interface LeaseRaceRecord {
  readonly scenario: LeaseScenario;
  readonly startedAt: number;
  readonly last: Progress;
  readonly asked: readonly Asked[];
  /** When something other than the end was asked to remove the environment. */
  readonly calledFor: readonly number[];
  readonly pauses: readonly { readonly from: number; readonly to: number }[];
  /** The times at which a stop or delete took effect, in order, in whole seconds. */
  readonly removals: readonly number[];
  /** The search attribute. */
  readonly shownEnd: number;
  readonly open: readonly string[];
  readonly left: number;
  /** What the service granted to a notebook of the current API, in order. */
  readonly grants: readonly RunTimeGrant[];
}

/** A run time that the service granted, in milliseconds. */
export interface RunTimeGrant {
  readonly at: number;
  readonly stopsAt: number;
}

/** What a removal may take once nothing holds it, without the time until a new worker is there. */
const patienceMs = 3_600_000;
/** Times of the simulator's log are cut to seconds. */
const second = 1_000;

const iso = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString() : 'never');

/** The end that was granted, what came before it, and what came too late. */
export function judgeLeaseRace(race: LeaseRaceRecord): string[] {
  const { scenario, startedAt, asked, removals, open, left } = race;
  const end = granted(race).reduce((sum, { ms }) => sum + ms, startedAt + scenario.ttlMs);
  const first = removals[0] ?? Number.POSITIVE_INFINITY;
  const called = Math.min(Number.POSITIVE_INFINITY, ...race.calledFor);
  const problems = [...judgeEnd(race, end), ...judgeAnswers(race, { end, first, called })];
  problems.push(...judgeRunTime(race, Math.min(first, called)));
  if (asked.some(({ answer }) => answer === null)) problems.push('an extension was never answered');
  if (first + second <= Math.min(end, called))
    problems.push(`removed at ${iso(first)}, before the end ${iso(end)}, and nobody had asked for it`);
  for (const { from, to } of race.pauses) {
    // Of pauses that overlap, the first resume ends all.
    const resumed = Math.min(to, ...race.pauses.filter((one) => one.to > from).map((one) => one.to));
    const heard = from + 30_000 + 2 * scenario.restartMs;
    const isOverruled = race.calledFor.some((at) => at <= resumed);
    if (!isOverruled && first > heard && first + second <= resumed)
      problems.push(`removed at ${iso(first)}, in the pause from ${iso(from)} to ${iso(resumed)}`);
  }
  if (open.length > 0) problems.push(`still open: ${open.join()}`);
  if (left > 0) problems.push('something is left');
  const due = Math.max(Math.min(end, called), ...race.pauses.map(({ to }) => to));
  const gone = removals.at(-1) ?? Number.POSITIVE_INFINITY;
  if (gone > due + patienceMs + 6 * scenario.restartMs) problems.push(`gone at ${iso(gone)}, due at ${iso(due)}`);
  return problems;
}

function granted({ asked }: LeaseRaceRecord): Asked[] {
  return asked.filter(({ answer }) => answer?.lease);
}

function judgeEnd(race: LeaseRaceRecord, end: number): string[] {
  const { lease } = race.last;
  const most = race.startedAt + race.scenario.maxMs;
  const count = granted(race).length;
  const problems: string[] = [];
  if (lease?.endsAt !== iso(end)) problems.push(`the end is ${lease?.endsAt}, and ${iso(end)} by what was granted`);
  if (lease?.extensions !== count) problems.push(`${lease?.extensions} extensions, and ${count} granted`);
  if (race.shownEnd !== end) problems.push(`the search attribute is ${iso(race.shownEnd)}, and the end ${iso(end)}`);
  if (end > most) problems.push(`the end ${iso(end)} is beyond the maximum ${iso(most)}`);
  return problems;
}

/** A renewal needs a worker, and a failed one is repeated after 20 minutes. */
const renewalMs = 30 * 60_000;
/** A renewal that moves the stop by less than a minute is not worth a call. */
const slackMs = 60_000;
const hour = 3_600_000;

/**
 * No grant outlives the lease by more than an hour, and the notebook does not stop by itself while the lease continues.
 */
function judgeRunTime(race: LeaseRaceRecord, removedAt: number): string[] {
  const { grants, scenario, startedAt } = race;
  const endAt = (at: number) =>
    granted(race).reduce((sum, { ms, sentAt }) => sum + (sentAt <= at ? ms : 0), startedAt + scenario.ttlMs);
  const late = grants.filter(({ at, stopsAt }) => stopsAt > endAt(at) + hour);
  const problems = late.map(
    ({ at, stopsAt }) => `granted at ${iso(at)} until ${iso(stopsAt)}, lease ${iso(endAt(at))}`,
  );
  const stoppedAt = grants.at(-1)?.stopsAt ?? Number.POSITIVE_INFINITY;
  const known = stoppedAt - renewalMs - 6 * scenario.restartMs;
  if (known >= startedAt && stoppedAt < removedAt && endAt(known) > stoppedAt + slackMs + second)
    problems.push(`the notebook stopped at ${iso(stoppedAt)}, and the lease ended at ${iso(endAt(known))}`);
  return problems;
}

/** Granted only before the end that was in force and before any removal; refused only for a reason. */
function judgeAnswers(
  { asked, scenario, startedAt }: LeaseRaceRecord,
  { end, first, called }: { readonly end: number; readonly first: number; readonly called: number },
): string[] {
  const problems: string[] = [];
  for (const { answer, ms, sentAt } of asked) {
    if (answer === null) continue;
    if (answer.lease === null) {
      const fits = end + ms <= startedAt + scenario.maxMs;
      if (fits && answer.at < Math.min(end, called)) problems.push(`refused at ${iso(answer.at)}: ${answer.why}`);
      continue;
    }
    const before = Date.parse(answer.lease.endsAt ?? '') - ms;
    if (sentAt >= before) problems.push(`granted at ${iso(sentAt)}, after the end ${iso(before)}`);
    if (first + second <= answer.at) problems.push(`granted at ${iso(answer.at)}, in the removal since ${iso(first)}`);
  }
  return problems;
}
