import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { nameOfCreating, operationId } from '../../contract/ids.js';
import { type AuditPage, pageBytes } from '../../domain/audit/pages.js';
import { type AuditFinding, findingOf } from '../../domain/audit/report.js';
import { fitting } from '../../domain/pages.js';
import { unpricedFlavors } from '../../domain/price.js';
import { maybeSame, type ResourceRef } from '../../domain/resource/identity.js';
import { type Inventory, type InventoryItem, ownersOf } from '../../domain/resource/inventory.js';
import { isMarkedBy } from '../../domain/resource/marker.js';
import { readAgain, readProject } from '../../inventory/reader.js';
import { creatingOperations } from '../../spec/hash.js';
import { readOrFail } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { ownershipReader, type ResolvedOwners } from '../operation/ownership.js';
import { workspacesInUse } from '../resource/workspaces.js';
import { Snapshots } from '../snapshots.js';

/** Resources of one page at most, and how many are read together. */
const pageItems = 500;
const batch = 100;
/** A page ends after this time, far below the time-out of its activity. */
const pageMs = 2 * 60_000;
/** Resources that one adoption looks at; more of one name or id fit into no lease. */
const adoptable = 1_000;

/** The lists of the project, in the order of the pages. */
interface Reading {
  readonly at: number;
  readonly entries: readonly { readonly key: string; readonly item: InventoryItem }[];
  readonly unread: readonly string[];
  readonly owners: ResolvedOwners;
}

/** Resources that were adopted before they are reported, and by whom. */
export interface Adopted {
  readonly name: string;
  readonly by: string;
  readonly resources: readonly (Pick<InventoryItem, 'kind'> & ResourceRef)[];
}

/** The resource to adopt, and everything of its name that has no owner. */
export interface OrphanSearch {
  /** Null when nothing has the id or name. */
  readonly finding: AuditFinding | null;
  readonly siblings: readonly InventoryItem[];
}

/**
 * Activities of an audit. A list of the whole project stays inside them: each page is read from the lists that the
 * worker keeps, and only its findings are in a history.
 */
export function surveyActivities(deps: ActivityDeps) {
  const { installation, prices } = deps;
  const ownership = ownershipReader(deps);
  const snapshots = new Snapshots<Reading>(deps.now);

  async function read(): Promise<Reading> {
    const inventory = await readLists();
    const { items, at, unread } = inventory;
    const owners = await ownership.resolve(ownersOf(items, installation), [...new Set(items.map(({ name }) => name))]);
    const entries = items.map((item) => ({ key: keyOf(item), item })).sort((a, b) => (a.key < b.key ? -1 : 1));
    return { at, entries, unread, owners };
  }

  async function readLists(): Promise<Inventory> {
    return await readOrFail(async ({ signal }) => {
      const { ids, unasked } = await workspacesInUse(deps, signal);
      const inventory = await readProject(deps, signal, ids);
      return { ...inventory, unread: [...inventory.unread, ...unasked] };
    });
  }

  /** The findings of some resources, in their order; null for an apparent orphan that does not exist any more. */
  async function judge(items: readonly InventoryItem[], { at, owners }: Reading): Promise<(AuditFinding | null)[]> {
    const ownerships = await ownership.read(ownersOf(items, installation), owners);
    const facts = { ownerships, installation, prices, now: at };
    const findings = items.map((item) => findingOf(item, facts));
    const orphans = items.filter((_item, index) => findings[index]?.standing === 'orphan');
    // A list may still contain deleted resources.
    const seen = orphans.length === 0 ? [] : await readOrFail(({ signal }) => readAgain(deps, signal, orphans));
    return items.map((item, index) => {
      if (!orphans.includes(item)) return findings[index] ?? null;
      const now = seen.find((one) => isSame(one, item));
      return now === undefined ? null : findingOf(now, facts);
    });
  }

  /** The findings of the first resources, as many as the time allows. */
  async function judgeInTime(items: readonly InventoryItem[], reading: Reading): Promise<(AuditFinding | null)[]> {
    const until = deps.now() + pageMs;
    const found: (AuditFinding | null)[] = [];
    while (found.length < items.length && (found.length === 0 || deps.now() < until)) {
      found.push(...(await judge(items.slice(found.length, found.length + batch), reading)));
      cancellationSignal().throwIfAborted();
    }
    return found;
  }

  return {
    /** Reads all pools and notebooks, in every workspace that is known. Returns how many there are. */
    async surveyProject(): Promise<{ readonly resources: number }> {
      const { entries } = await snapshots.renew(ownRun(), read);
      return { resources: entries.length };
    },

    /** Reads the owners of the next resources, and reports them. `after` is the end of the page before. */
    async auditPage(input: { after: string | null; adopted: Adopted | null }): Promise<AuditPage> {
      const { after, adopted } = input;
      const reading = await snapshots.kept(ownRun(), read);
      const rest = reading.entries.filter(({ key }) => after === null || key > after);
      const items = rest.slice(0, pageItems).map(({ item }) => item);
      const found = await judgeInTime(items, reading);
      const reported = found.map((finding) => (finding === null ? null : withAdoption(finding, adopted)));
      const count = fitting(reported, pageBytes);
      const next = count < rest.length ? (rest[count - 1]?.key ?? null) : null;
      if (next === null) snapshots.drop(ownRun());
      const unpriced = prices === null ? [] : items.slice(0, count).flatMap((item) => unpricedFlavors(item, prices));
      return {
        at: reading.at,
        findings: reported.slice(0, count).filter((finding) => finding !== null),
        currency: prices?.currency ?? null,
        unpriced: [...new Set(unpriced)].sort(),
        unread: reading.unread,
        next,
      };
    },

    /** Finds a resource by id or name, and the orphans of the name that created it. */
    async findOrphans(input: { id: string }): Promise<OrphanSearch> {
      const reading = await snapshots.kept(ownRun(), read);
      const all = reading.entries.map(({ item }) => item);
      const byId = all.filter(({ id }) => id === input.id);
      const named = (byId.length > 0 ? byId : all.filter(({ name }) => name === input.id)).slice(0, adoptable);
      const found = (await judge(named, reading)).filter((finding) => finding !== null);
      const [finding = null] = found.filter(({ standing }) => standing === 'orphan').concat(found);
      const name = finding?.standing === 'orphan' ? nameOfCreating(finding.owner ?? '') : null;
      if (name === null) return { finding, siblings: [] };
      const owners = creatingOperations(name).map(({ owner }) => owner);
      const ours = all
        .filter(({ marker }) => isMarkedBy(marker, installation) && owners.includes(marker.owner))
        .slice(0, adoptable);
      const judged = await judge(ours, reading);
      const isOrphan = (one: AuditFinding | null | undefined) =>
        one?.standing === 'orphan' && nameOfCreating(one.owner ?? '') === name;
      return { finding, siblings: ours.filter((_item, index) => isOrphan(judged[index])) };
    },
  };
}

/** All pages of an audit have one workflow id, over continue-as-new. */
function ownRun(): string {
  return activityInfo().workflowExecution?.workflowId ?? '';
}

function keyOf({ kind, id, createdAt }: InventoryItem): string {
  return `${kind} ${id} ${createdAt}`;
}

/** Two records may share an id, such as a failed creation and the next pool of its name. Each has its own finding. */
function isSame(a: InventoryItem, b: InventoryItem): boolean {
  return a.kind === b.kind && maybeSame(a, b);
}

function withAdoption(finding: AuditFinding, adopted: Adopted | null): AuditFinding {
  const isAdopted = adopted?.resources.some(({ kind, id }) => kind === finding.kind && id === finding.id);
  if (adopted === null || isAdopted !== true) return finding;
  const adoptedInto = operationId('lease', adopted.name);
  return { ...finding, standing: 'owned', why: `${adoptedInto}: adopted by ${adopted.by}`, adoptedInto };
}
