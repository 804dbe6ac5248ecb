import type { Progress } from '../../src/contract/progress.js';
import type { EnvironmentResources } from '../../src/contract/workflows.js';
import { parseMarker } from '../../src/domain/resource/marker.js';
import { notebookApiOf } from '../../src/domain/resource/notebook.js';
import type { CurrentNotebookRecord } from '../../src/simulator/current-notebooks/record.js';
import type { NotebookRecord, PoolRecord } from '../../src/simulator/records.js';
import type { SimState } from '../../src/simulator/sim-state.js';
import { ownerHash } from '../../src/spec/hash.js';
import { installation } from '../support/testbed.js';

const marker = `maops:${installation}-`;

/** Our resources in the state of the simulator. */
export interface Ours {
  readonly pools: readonly PoolRecord[];
  /** Of both APIs. */
  readonly notebooks: readonly (NotebookRecord | CurrentNotebookRecord)[];
}

/** Finds our resources by their marker: all, those of a name, or those that one workflow created. */
export function oursIn(state: SimState, of: { readonly name?: string; readonly workflowId?: string } = {}): Ours {
  const mark = of.workflowId === undefined ? marker : `${marker}${ownerHash(of.workflowId)}-`;
  const isOf = (name: string) => of.name === undefined || of.name === name;
  return {
    pools: state.pools.filter(
      ({ name, annotations }) => isOf(name) && annotations['os.modelarts/description']?.includes(mark) === true,
    ),
    notebooks: [...state.notebooks, ...state.currentNotebooks].filter(
      ({ name, description, status }) => isOf(name) && description.includes(mark) && status !== 'DELETED',
    ),
  };
}

export function describeOurs({ pools, notebooks }: Ours): string {
  const all = [
    ...pools.map(({ phase }) => `pool ${phase || 'new'}`),
    ...notebooks.map(({ id, status }) => `notebook ${id.slice(0, 4)} ${status}`),
  ];
  return all.length === 0 ? 'nothing of ours is there' : `there is ${all.join(', ')}`;
}

/**
 * What is wrong with two live resources of one name; at no moment may there be any. Two operations may create a
 * notebook of the current API at the same time, because its names repeat.
 */
export function doublesOf(ours: Ours): string[] {
  const creators = ours.notebooks.map(({ id, description }) =>
    notebookApiOf(id) === 'historical' ? 'historical' : (parseMarker(description)?.owner ?? ''),
  );
  const isTwice = ours.pools.length > 1 || new Set(creators).size < creators.length;
  return isTwice ? [`made twice: ${describeOurs(ours)}`] : [];
}

/** What was so when an operation closed. */
export interface Closing {
  readonly progress: Progress;
  readonly ours: Ours;
  /** Whether an open workflow owns what is left: the lease, or someone who removes. */
  readonly isOwned: boolean;
  /** Whether a lease owned something before the operation began: that is not the operation's to remove. */
  readonly wasLeased: boolean;
  readonly keeps: { readonly failed: boolean; readonly cancelled: boolean };
  /** Whether jobs of others may use the pool, or cannot be read. */
  readonly mayBeBusy: boolean;
  readonly looks: Looks;
}

/** Compares the result of an operation that has just closed with the actual state. */
export function judgeClosing({ progress, ours, isOwned, wasLeased, keeps, mayBeBusy, looks }: Closing): string[] {
  const { phase, failure } = progress;
  const problems: string[] = [];
  const wrong = (what: string) =>
    problems.push(
      `${progress.workflowId} ended ${phase} (${failure?.type ?? 'no failure'}): ${what}; ${describeOurs(ours)}`,
    );
  const isLeft = ours.pools.length + ours.notebooks.length > 0;
  // What was kept by a lease, or may not be removed because of another user's notebook or job, stays with an owner.
  const isBusy = failure?.type === 'Busy';
  if (isBusy && !mayBeBusy) wrong('no job has used the pool');
  const mayStay = wasLeased || isBusy || failure?.type === 'Protected';
  // An operator's rollback counts, whatever the spec says.
  const keepsFailed = keeps.failed && !progress.audit.some(({ verb }) => verb === 'rollback');
  switch (phase) {
    case 'Ready':
      judgeReady(progress, ours, looks).forEach(wrong);
      break;
    case 'RolledBack':
    case 'Rejected':
      if (isLeft && !mayStay) wrong('something is left');
      break;
    case 'Cancelled':
      if (isLeft && !mayStay && !keeps.cancelled) wrong('something is left');
      break;
    case 'Failed':
      if (isLeft && !mayStay && !keepsFailed) wrong('something is left');
      break;
    case 'Gone':
      if (isLeft) wrong('something is left');
      break;
    case 'Abandoned':
    case 'Done':
      break;
    default:
      wrong('this is no ending');
  }
  if (isLeft && !isOwned) wrong('it has no owner');
  return problems;
}

/**
 * Ready means usable. A resource may fail after its last observation. It is a problem if an observation had shown the
 * fault, or if there was no recent observation although nothing prevented one.
 */
function judgeReady(progress: Progress, ours: Ours, looks: Looks): string[] {
  const problems: string[] = [];
  const asks = (name: string) => progress.steps.some((step) => step.name === name && step.state !== 'skipped');
  const [pool] = ours.pools;
  const [notebook] = ours.notebooks;
  if (asks('pool')) {
    const wrong = pool === undefined ? ['there is no pool'] : faultsOfPool(pool);
    if (wrong.length > 0) problems.push(...unexcused(wrong, looks.pool, looks));
    if (pool !== undefined && pool.id !== progress.pool?.id)
      problems.push(`the pool is ${pool.id}, not ${progress.pool?.id}`);
  }
  if (asks('notebook')) {
    const wrong = notebook === undefined ? ['there is no notebook'] : faultsOfNotebook(notebook);
    if (wrong.length > 0) problems.push(...unexcused(wrong, looks.notebook, looks));
    if (notebook !== undefined && notebook.id !== progress.notebook?.id)
      problems.push(`the notebook is ${notebook.id}, not ${progress.notebook?.id}`);
  }
  return problems;
}

/** The last response about a resource, and its problems at that time. Null for a changed response. */
export interface LastLook {
  readonly at: number;
  readonly wrong: readonly string[] | null;
}

export interface Looks {
  readonly pool: LastLook | null;
  readonly notebook: LastLook | null;
  readonly now: number;
  /** Nothing kept the run from looking just before its end: no worker died or was cut off, and no answer was bad. */
  readonly isCalm: boolean;
}

/** From the last observation to the end of a calm run: confirmation of the other resource, and the hand-over. */
const lookAgeMs = 30_000;

function unexcused(wrong: readonly string[], look: LastLook | null, { now, isCalm }: Looks): string[] {
  if (look === null) return [...wrong, 'and it was never observed'];
  if (look.wrong !== null && look.wrong.length > 0)
    return [...wrong, `and the last observation had shown it: ${look.wrong.join(', ')}`];
  if (isCalm && now - look.at > lookAgeMs) return [...wrong, `and it was not observed for ${now - look.at} ms`];
  return [];
}

/** The reasons why a pool is not usable, from the state of the simulator. */
export function faultsOfPool(pool: PoolRecord): string[] {
  const wrong: string[] = [];
  const wanted = pool.spec.resources.reduce((sum, { count }) => sum + count, 0);
  const available = pool.nodes.filter((node) => node.phase === 'Available').length;
  if (available < wanted) wrong.push(`${available} of ${wanted} nodes`);
  const scopes = pool.scopes.filter(({ state }) => state === 'Enabled').map(({ scopeType }) => scopeType);
  if (pool.spec.scope.some((scope) => !scopes.includes(scope))) wrong.push(`scopes ${scopes.join()}`);
  const drivers = Object.values(pool.driver);
  if (pool.spec.driver !== undefined && drivers.length === 0) wrong.push('no driver');
  wrong.push(...drivers.filter(({ state }) => state !== 'Running').map(({ state }) => `driver ${state}`));
  if (pool.phase !== 'Running' || pool.deletedAt !== undefined) wrong.push(`the pool is ${pool.phase}`);
  return wrong;
}

export function faultsOfNotebook({ status }: { readonly status: string }): string[] {
  return status === 'RUNNING' ? [] : [`the notebook is ${status}`];
}

/** At the end, compares what the open lease owns with what exists. Without a lease, nothing may exist. */
export function judgeRest(name: string, ours: Ours, lease: EnvironmentResources | null): string[] {
  const problems: string[] = [];
  if (lease === null) {
    if (ours.pools.length + ours.notebooks.length > 0)
      problems.push(`at rest ${name} has no owner; ${describeOurs(ours)}`);
    return problems;
  }
  const wrong = (what: string) => problems.push(`at rest lease/${name} ${what}; ${describeOurs(ours)}`);
  const [pool] = ours.pools;
  if (lease.pool !== null && pool?.id !== lease.pool.id) wrong('owns a pool that is not there');
  const isSure = lease.unknownSince === null;
  if (isSure && lease.pool === null && pool !== undefined) wrong('does not know the pool');
  for (const { id } of ours.notebooks) {
    if (isSure && !lease.notebooks.some((one) => one.id === id)) wrong(`does not know notebook ${id}`);
  }
  for (const { id } of lease.notebooks) {
    if (!ours.notebooks.some((one) => one.id === id)) wrong(`owns notebook ${id}, which is not there`);
  }
  return problems;
}
