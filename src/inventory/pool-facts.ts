import type { PoolProgress } from '../contract/progress.js';
import type { ExistingResource } from '../domain/provision/create.js';
import { parseInstant, unknownInstant } from '../domain/resource/instant.js';
import type { InventoryItem } from '../domain/resource/inventory.js';
import { isProtected, type Marker, parseMarker } from '../domain/resource/marker.js';
import { type PoolFacts, totalNodes } from '../domain/resource/pool.js';
import { cut, textLimits } from '../domain/text.js';
import type { Pool, PoolNodes } from '../modelarts/schemas/pool.js';

/**
 * How a response was read: a list may leave out fields that a show gives (docs/api/pools-and-flavors.md "2.6 Pool
 * object", docs/api/notebooks-and-auth.md "2.13 Contradictions inside / between the sources").
 */
export type Source = 'list' | 'show';

/** A pool as `maops pool` prints it; every key is always present. */
export interface PoolRow {
  readonly name: string;
  readonly id: string;
  readonly phase: string | null;
  readonly type: string | null;
  readonly flavors: readonly { readonly flavor: string; readonly wanted: number; readonly available: number }[];
  readonly nodes: PoolProgress['nodes'];
  readonly scopes: Readonly<Record<string, string>>;
  readonly network: string | null;
  readonly message: string | null;
  readonly description: string;
  readonly createdAt: string | null;
  readonly marker: Marker | null;
  readonly protected: boolean;
}

/** The service has three. */
const mostScopes = 50;

/** The facts of a pool that decisions need (docs/api/pools-and-flavors.md "2.6 Pool object"). */
export function poolFacts(pool: Pool): PoolFacts {
  const { metadata, status } = pool;
  const { gpu, npu } = status.driver ?? {};
  const { available, creating, abnormal, creationFailed } = status.resources;
  return {
    id: metadata.name,
    createdAt: metadata.creationTimestamp ?? unknownInstant,
    phase: boundedWord(status.phase),
    message: boundedText(status.message),
    deleting: metadata.deletionTimestamp !== undefined,
    description: boundedText(descriptionOf(pool)) ?? '',
    workspaceId: metadata.labels['os.modelarts/workspace.id'] ?? null,
    wanted: nodesByFlavor(pool.spec.resources),
    available: nodesByFlavor(available),
    creating: nodesByFlavor(creating),
    abnormal: nodesByFlavor([...abnormal, ...creationFailed]),
    scopes: Object.fromEntries(
      status.scope
        .slice(0, mostScopes)
        .map(({ scopeType, state }) => [boundedWord(scopeType) ?? '', boundedWord(state) ?? '']),
    ),
    driver: boundedWord(worseState(gpu?.state, npu?.state)),
  };
}

/** A pool as the decision on a create needs it. */
export function existingPool(facts: PoolFacts): ExistingResource {
  return {
    id: facts.id,
    createdAt: facts.createdAt,
    marker: parseMarker(facts.description),
    leaving: isLeaving(facts),
    failed: facts.phase === 'CreationFailed',
    wanted: facts.wanted,
  };
}

/** A pool as audits and plans need it. */
export function poolItem(pool: Pool, source: Source): InventoryItem {
  const { metadata, status } = pool;
  const facts = poolFacts(pool);
  const description = descriptionOf(pool);
  const isWhole = source === 'show' && Object.keys(metadata.annotations).length > 0;
  return {
    kind: 'pool',
    id: facts.id,
    name: nameOf(pool),
    createdAt: facts.createdAt,
    state: status.phase ?? null,
    changedAt: parseInstant(metadata.deletionTimestamp),
    leaving: isLeaving(facts),
    marker: description === undefined && !isWhole ? 'unread' : parseMarker(description),
    isProtected: isProtected(description),
    labels: metadata.labels,
    workspaceId: facts.workspaceId,
    poolId: null,
    flavors: status.phase === 'CreationFailed' ? {} : billedByFlavor(pool),
  };
}

/** A pool as the command line prints it. */
export function poolRow(pool: Pool): PoolRow {
  const { spec } = pool;
  const { id, createdAt, deleting, phase, message, description, scopes, ...nodes } = poolFacts(pool);
  return {
    name: nameOf(pool),
    id,
    phase: deleting ? 'Deleting' : phase,
    type: spec.type ?? null,
    flavors: spec.resources.map(({ flavor = '', count }) => ({
      flavor,
      wanted: count,
      available: nodes.available[flavor] ?? 0,
    })),
    nodes: {
      wanted: totalNodes(nodes.wanted),
      available: totalNodes(nodes.available),
      creating: totalNodes(nodes.creating),
      abnormal: totalNodes(nodes.abnormal),
    },
    scopes,
    network: spec.network?.name ?? null,
    message,
    description,
    createdAt: createdAt === unknownInstant ? null : createdAt,
    marker: parseMarker(description),
    protected: isProtected(description),
  };
}

function nameOf({ metadata }: Pool): string {
  return metadata.labels['os.modelarts/name'] ?? metadata.name;
}

function descriptionOf({ metadata }: Pool): string | undefined {
  return metadata.annotations['os.modelarts/description'];
}

function isLeaving({ deleting, phase }: PoolFacts): boolean {
  return deleting || phase === 'Deleting';
}

/** The nodes that exist or are being created or deleted; the nodes asked for while the service reports none. */
function billedByFlavor({ spec, status }: Pool): Record<string, number> {
  const { creating, available, abnormal, deleting } = status.resources;
  const present = [...creating, ...available, ...abnormal, ...deleting].filter(({ count }) => count > 0);
  return nodesByFlavor(present.length > 0 ? present : spec.resources.filter(({ count }) => count > 0));
}

function nodesByFlavor(nodes: readonly PoolNodes[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { flavor, count } of nodes) counts[flavor ?? ''] = (counts[flavor ?? ''] ?? 0) + count;
  return counts;
}

/** Of two drivers, the state of the one that is not running. */
function worseState(...states: readonly (string | undefined)[]): string | null {
  const known = states.filter((state) => state !== undefined);
  return known.find((state) => state !== 'Running') ?? known[0] ?? null;
}

/** A status or code of the service, cut so that a history can hold it. */
export function boundedWord(text: string | null | undefined): string | null {
  return text == null ? null : cut(text, textLimits.name);
}

/** A message or description, cut so that a history can hold it. */
export function boundedText(text: string | null | undefined): string | null {
  return text == null ? null : cut(text, textLimits.why);
}
