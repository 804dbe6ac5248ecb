import type { RequestRecord } from '../../src/simulator/request-log.js';
import type { SimState } from '../../src/simulator/sim-state.js';
import { oursIn } from './judge.js';

/** A foreign resource, as it was when it appeared. */
export interface ForeignResource {
  readonly kind: 'pool' | 'notebook';
  readonly uid: string;
  readonly id: string;
  readonly description: string;
  /** The number of calls that had been sent by then. */
  readonly since: number;
}

/** The foreign resources in the cloud that are not in `known` yet. */
export function newForeignResources(
  state: SimState,
  known: readonly ForeignResource[],
  since: number,
): ForeignResource[] {
  const isNew = ({ uid }: { uid: string }) => !known.some((one) => one.uid === uid);
  const ours = oursIn(state);
  const isOurs = ({ uid }: { uid: string }) => [...ours.pools, ...ours.notebooks].some((one) => one.uid === uid);
  return [
    ...state.pools.map((one) => ({
      kind: 'pool' as const,
      description: one.annotations['os.modelarts/description'] ?? '',
      ...one,
    })),
    ...[...state.notebooks, ...state.currentNotebooks].map((one) => ({ kind: 'notebook' as const, ...one })),
  ]
    .filter((one) => isNew(one) && !isOurs(one))
    .map(({ kind, uid, id, description }) => ({ kind, uid, id, description, since }));
}

/** The changes to foreign resources. None is allowed. */
export function judgeForeign(
  foreigners: readonly ForeignResource[],
  state: SimState,
  requests: readonly RequestRecord[],
): string[] {
  const problems: string[] = [];
  for (const { kind, uid, id, description, since } of foreigners) {
    const pool = state.pools.find((one) => one.uid === uid);
    const notebook = [...state.notebooks, ...state.currentNotebooks].find((one) => one.uid === uid);
    if (pool === undefined && notebook === undefined) problems.push(`a foreign ${kind} ${id} is gone`);
    if (notebook?.pool !== undefined && !state.pools.some((one) => one.id === notebook.pool?.id)) {
      problems.push(`the pool under a foreign notebook ${id} is gone`);
    }
    const words = pool?.annotations['os.modelarts/description'] ?? notebook?.description;
    if (words !== undefined && words !== description) problems.push(`a foreign ${kind} ${id} was changed`);
    const touched = requests.find(
      ({ seq, method, path }) => seq > since && method !== 'GET' && path.includes(`/${id}`),
    );
    if (touched !== undefined)
      problems.push(`${touched.method} on a foreign ${kind}: ${touched.path} at ${touched.at}`);
  }
  return problems;
}
