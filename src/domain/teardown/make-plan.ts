import { describeDuration } from '../duration.js';
import type { Inventory, InventoryItem, Ownership } from '../resource/inventory.js';
import { formatMarker, isMarkedBy } from '../resource/marker.js';
import { type Job, type PoolUse, plannedJobs, stateOfUse } from '../resource/pool-use.js';
import { isoTime } from '../rfc3339.js';
import { ageOf, busyRule, keepRule, protectingRule, type SweepRules } from '../sweep/rules.js';
import { groupBy, type KeptItem, order, type PlanDraft, type PlanItem, type RemovalReason } from './plan.js';
import { reasonOf } from './removal-reason.js';

/**
 * The scope of a plan: the resources that the operations of one name created, or all resources with a reason to be
 * deleted.
 */
export type PlanQuestion =
  | {
      readonly about: 'name';
      readonly name: string;
      readonly creators: readonly { readonly owner: string; readonly workflowId: string }[];
    }
  | {
      readonly about: 'everything';
      readonly ownerships: readonly Ownership[];
      readonly rules: SweepRules;
      /** Only resources of this name. */
      readonly name?: string;
      /** The use of a pool by its id; null where it was not read. Absent: no job counts. */
      readonly useOf?: (poolId: string) => PoolUse | null;
    };

type Everything = Extract<PlanQuestion, { about: 'everything' }>;

/** Plans of up to this many items are allowed whatever their share. */
const smallPlan = 3;

interface Candidate {
  readonly item: InventoryItem;
  planned: PlanItem;
  /** Resources of one group are deleted or kept together. */
  readonly group: string;
  /** The rule that keeps it. */
  rule: string | null;
}

/**
 * Makes the plan of a sweep or teardown: the resources to delete with the reasons, and those that a rule keeps. A dry
 * run and a real one use this code. Resources without our marker, or with incomplete facts, never enter `items`.
 */
export function makePlan(inventory: Inventory, installation: string, question: PlanQuestion, now: number): PlanDraft {
  const present = inventory.items.filter(({ state }) => state !== 'DELETED');
  const ours = present.filter(({ marker }) => isMarkedBy(marker, installation));
  const unread = [...inventory.unread];
  const candidates =
    question.about === 'name'
      ? askedFor(ours, question)
      : withReasons(ours, question, installation, now, (line) => unread.push(line));
  keepTogether(candidates, question.about === 'name' ? [keepRule] : null);
  keepPoolsInUse(candidates, present, question.about === 'everything');
  if (question.about === 'everything') {
    keepBusy(candidates, question, (line) => unread.push(line));
    keepTogether(candidates, null);
    keepPoolsInUse(candidates, present, true);
  }
  const sorted = [...candidates].sort(
    (a, b) =>
      order(a.group, b.group) ||
      order(a.item.kind, b.item.kind) ||
      order(a.item.name, b.item.name) ||
      order(a.item.id, b.item.id),
  );
  const items = sorted.filter(({ rule }) => rule === null).map(({ planned }) => planned);
  const kept = sorted.flatMap(({ rule, planned }): KeptItem[] => (rule === null ? [] : [{ ...planned, rule }]));
  if (question.about === 'name') kept.push(...namesakes(present, ours, question));
  return {
    madeAt: isoTime(now),
    items,
    kept,
    jobs: question.about === 'name' ? [] : jobsOf(candidates, question),
    carrying: ours.length,
    refusal: question.about === 'name' ? null : refusalOf(items.length, ours.length, question.rules.maxShare),
    unread,
  };
}

function ownerOf({ marker }: InventoryItem): string {
  return marker === null || marker === 'unread' ? '' : marker.owner;
}

function askedFor(
  ours: readonly InventoryItem[],
  { name, creators }: Extract<PlanQuestion, { about: 'name' }>,
): Candidate[] {
  return ours.flatMap((item) => {
    const creator = creators.find(({ owner }) => owner === ownerOf(item));
    if (creator === undefined) return [];
    const planned = planItem(item, { reason: 'asked', why: `created by ${creator.workflowId}` }, name);
    return [{ item, planned, group: name, rule: item.isProtected ? keepRule : null }];
  });
}

function withReasons(
  ours: readonly InventoryItem[],
  { ownerships, rules, name: only, useOf }: Everything,
  installation: string,
  now: number,
  report: (line: string) => void,
): Candidate[] {
  const ownershipOf = new Map(ownerships.map((ownership) => [ownership.owner, ownership]));
  const groupOf = (item: InventoryItem) => ownershipOf.get(ownerOf(item))?.name ?? `#${ownerOf(item)}`;
  const groups = groupBy(ours, groupOf);
  const candidates = ours.flatMap((item): Candidate[] => {
    const ownership = ownershipOf.get(ownerOf(item));
    const group = groupOf(item);
    if (only !== undefined && group !== only) return [];
    const found = reasonOf(item, ownership, groups.get(group) ?? [], { rules, useOf }, installation, now);
    if (found === null) return [];
    const { reason } = found;
    if (reason === 'unclear') {
      report(`${item.kind} ${item.name} (${item.id}): ${found.why}`);
      return [];
    }
    const environment = ownership?.name ?? null;
    const planned = planItem(item, { ...found, reason }, environment);
    const rule = protectingRule(item, environment, rules, now) ?? sweepRule(item, reason, rules, now);
    return [{ item, planned, group, rule }];
  });
  for (const candidate of candidates) {
    const inUse = groups.get(candidate.group)?.find((item) => !candidates.some((other) => other.item === item));
    if (inUse !== undefined) candidate.rule ??= `stays with ${inUse.kind} ${inUse.name}`;
  }
  return candidates;
}

/** The rule by which a sweep keeps a resource that a teardown by name would delete. */
function sweepRule(item: InventoryItem, reason: RemovalReason, { orphans }: SweepRules, now: number): string | null {
  if (item.leaving) return 'it is already being deleted';
  if (reason !== 'orphan') return null;
  if (orphans === null) return 'the rules do not delete orphans';
  return (ageOf(item, now) ?? 0) < orphans.minAgeMs
    ? `an orphan younger than ${describeDuration(orphans.minAgeMs)}`
    : null;
}

/**
 * An environment is deleted as a whole or not at all: a protected notebook is of no use without its pool. With `rules`,
 * only these keep the whole environment; without, every rule does.
 */
function keepTogether(candidates: readonly Candidate[], rules: readonly string[] | null): void {
  for (const members of groupBy(candidates, ({ group }) => group).values()) {
    const keeper = members.find(({ rule }) => rule !== null && (rules === null || rules.includes(rule)));
    if (keeper === undefined) continue;
    for (const member of members) member.rule ??= `stays with ${keeper.item.kind} ${keeper.item.name}`;
  }
}

const notWaitedFor = 'a pool without a known name is not waited for: its jobs keep it';

/** Keeps a pool with jobs in use, and one whose jobs are unknown, unless the rules delete them all the same. */
function keepBusy(
  candidates: readonly Candidate[],
  { rules, useOf }: Everything,
  report: (line: string) => void,
): void {
  if (useOf === undefined || rules.busy === 'delete') return;
  for (const candidate of candidates) {
    const { item } = candidate;
    if (item.kind !== 'pool' || candidate.rule !== null) continue;
    const use = useOf(item.id);
    const state = use === null ? 'unknown' : stateOfUse(use);
    if (state === 'idle') continue;
    const isDrain = state === 'busy' && rules.busy !== 'keep';
    // Teardowns wait for jobs, and without a name there is none. A drain makes no pool readable either.
    if (isDrain && candidate.planned.environment !== null) continue;
    if (isDrain) candidate.planned = { ...candidate.planned, why: `${candidate.planned.why}; ${notWaitedFor}` };
    candidate.rule = busyRule;
    for (const line of state === 'unknown' ? (use?.unknown ?? []) : []) report(`jobs on pool ${item.name}: ${line}`);
  }
}

/** The jobs on the pools of a plan, for people. */
function jobsOf(candidates: readonly Candidate[], { useOf }: Everything): readonly Job[] {
  const pools = candidates.filter(({ item, rule }) => item.kind === 'pool' && (rule === null || rule === busyRule));
  return pools.flatMap(({ item }) => useOf?.(item.id)?.jobs ?? []).slice(0, plannedJobs);
}

/** Keeps a pool with a notebook that is kept or foreign. In a sweep this keeps the whole environment. */
function keepPoolsInUse(candidates: readonly Candidate[], present: readonly InventoryItem[], isSweep: boolean): void {
  const notebooks = present.filter(({ kind }) => kind === 'notebook');
  // Each kept pool may keep the notebooks of its name, and these may keep the pool of another name.
  for (let isStable = false; !isStable; ) {
    isStable = true;
    const going = new Set(candidates.filter(({ rule }) => rule === null).map(({ item }) => item));
    for (const pool of candidates) {
      if (pool.item.kind !== 'pool' || pool.rule !== null) continue;
      const guest = notebooks.find((notebook) => notebook.poolId === pool.item.id && !going.has(notebook));
      if (guest === undefined) continue;
      pool.rule = `notebook ${guest.name} runs on it`;
      isStable = false;
    }
    if (isSweep) keepTogether(candidates, null);
  }
}

/** Pools of the name that this installation did not create under it. A teardown reports and keeps them. */
function namesakes(
  present: readonly InventoryItem[],
  ours: readonly InventoryItem[],
  { name, creators }: Extract<PlanQuestion, { about: 'name' }>,
): KeptItem[] {
  const isCreatedHere = (item: InventoryItem) =>
    ours.includes(item) && creators.some(({ owner }) => owner === ownerOf(item));
  return present
    .filter((item) => item.kind === 'pool' && item.name === name && !isCreatedHere(item))
    .map((item) => ({
      ...planItem(item, { reason: 'asked', why: `its name is ${name}` }, null),
      rule: 'not created under this name by this installation',
    }));
}

function planItem(
  item: InventoryItem,
  reason: Pick<PlanItem, 'reason' | 'why' | 'idleSince'>,
  environment: string | null,
): PlanItem {
  const { kind, id, name, createdAt, isProtected, marker, workspaceId } = item;
  const text = marker === null || marker === 'unread' ? '' : formatMarker(marker);
  return { kind, id, name, createdAt, marker: text, isProtected, environment, workspaceId, ...reason };
}

function refusalOf(going: number, carrying: number, maxShare: number): string | null {
  if (going <= smallPlan || going <= maxShare * carrying) return null;
  const percent = (share: number) => Math.round(share * 1_000) / 10;
  return (
    `it would delete ${going} of the ${carrying} resources that carry our marker ` +
    `(${percent(going / carrying)} %, more than ${percent(maxShare)} %)`
  );
}
