import { isEnding, phases } from '../../../src/contract/phases.js';
import type { Progress } from '../../../src/contract/progress.js';
import type { EnvironmentResources } from '../../../src/contract/workflows.js';
import type { NotebookRecord, PoolRecord, SimState } from '../../../src/simulator/records.js';
import type { RequestRecord } from '../../../src/simulator/request-log.js';
import { installation } from './environment.js';

const keys = [
  'name',
  'operation',
  'workflowId',
  'runId',
  'phase',
  'phaseSince',
  'startedAt',
  'endedAt',
  'percent',
  'why',
  'steps',
  'pool',
  'notebook',
  'failure',
  'awaiting',
  'lease',
  'audit',
  'auditDropped',
];
const marker = `maops:${installation}-`;

/** What of ours is in the cloud, as the simulator itself knows it. */
export interface Ours {
  readonly pools: readonly PoolRecord[];
  readonly notebooks: readonly NotebookRecord[];
}

/** Finds our resources by their marker, as anyone could. */
export function oursIn(state: SimState): Ours {
  return {
    pools: state.pools.filter(({ annotations }) => annotations['os.modelarts/description']?.includes(marker) === true),
    notebooks: state.notebooks.filter(
      ({ description, status }) => description.includes(marker) && status !== 'DELETED',
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

/** What is wrong with two live resources of one name; at no moment may there be any. */
export function doublesOf(ours: Ours): string[] {
  return ours.pools.length > 1 || ours.notebooks.length > 1 ? [`made twice: ${describeOurs(ours)}`] : [];
}

/** Watches the progress of one workflow go on, and says what is wrong with it. */
export class ProgressWatch {
  private last: Progress | null = null;

  see(progress: Progress): string[] {
    const { last } = this;
    const { phase, percent, why } = progress;
    const problems: string[] = [];
    const wrong = (what: string) => problems.push(`progress of ${progress.workflowId}: ${what} (${phase}, ${why})`);
    const missing = keys.filter((key) => !(key in progress));
    if (missing.length > 0) wrong(`lacks ${missing.join(', ')}`);
    if (!phases.includes(phase)) wrong(`unknown phase ${phase}`);
    if (!Number.isInteger(percent) || percent < 0 || percent > 100) wrong(`percent ${percent}`);
    if (why.includes('\n')) wrong('a why of several lines');
    if (isEnding(phase) !== (progress.endedAt !== null)) wrong(`endedAt ${progress.endedAt}`);
    if ((phase === 'Ready' || phase === 'Gone') && (percent !== 100 || progress.failure !== null)) {
      wrong(`percent ${percent} and failure ${progress.failure?.type}`);
    }
    if (last !== null && last.startedAt === progress.startedAt) {
      if (attempts(last) === attempts(progress) && percent < last.percent)
        wrong(`percent fell from ${last.percent} to ${percent}`);
      if (isEnding(last.phase) && last.phase !== phase) wrong(`left the ending ${last.phase}`);
    }
    this.last = progress;
    return problems;
  }
}

function attempts({ steps }: Progress): string {
  return steps.map(({ attempt = 0 }) => attempt).join();
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
  /** The kinds of faults that have hit. */
  readonly hit: ReadonlySet<string>;
}

/** What an operation that has just closed says, against how things stand. */
export function judgeClosing({ progress, ours, isOwned, wasLeased, keeps, hit }: Closing): string[] {
  const { phase, failure } = progress;
  const problems: string[] = [];
  const wrong = (what: string) =>
    problems.push(
      `${progress.workflowId} ended ${phase} (${failure?.type ?? 'no failure'}): ${what}; ${describeOurs(ours)}`,
    );
  const isLeft = ours.pools.length + ours.notebooks.length > 0;
  // What was kept by a lease, or what may not be removed as long as a stranger's notebook is on it, stays with an owner.
  const mayStay = wasLeased || failure?.type === 'Protected';
  switch (phase) {
    case 'Ready':
      judgeReady(progress, ours, hit).forEach(wrong);
      break;
    case 'RolledBack':
    case 'Rejected':
      if (isLeft && !mayStay) wrong('something is left');
      break;
    case 'Cancelled':
      if (isLeft && !mayStay && !keeps.cancelled) wrong('something is left');
      break;
    case 'Failed':
      if (isLeft && !mayStay && !keeps.failed) wrong('something is left');
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
  if (isLeft && !isOwned) wrong('nobody owns it');
  return problems;
}

/** Ready means usable; a fault that breaks a pool which was usable excuses its phase, and nothing else. */
function judgeReady(progress: Progress, ours: Ours, hit: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  const asks = (name: string) => progress.steps.some((step) => step.name === name && step.state !== 'skipped');
  const [pool] = ours.pools;
  const [notebook] = ours.notebooks;
  if (asks('pool')) {
    if (pool === undefined) return ['there is no pool'];
    if (pool.id !== progress.pool?.id) problems.push(`the pool is ${pool.id}, not ${progress.pool?.id}`);
    const wanted = pool.spec.resources.reduce((sum, { count }) => sum + count, 0);
    const available = pool.nodes.filter((node) => node.phase === 'Available').length;
    if (available < wanted) problems.push(`${available} of ${wanted} nodes`);
    const scopes = pool.scopes.filter(({ state }) => state === 'Enabled').map(({ scopeType }) => scopeType);
    if (pool.spec.scope.some((scope) => !scopes.includes(scope))) problems.push(`scopes ${scopes.join()}`);
    if (pool.phase !== 'Running' && !hit.has('abnormal')) problems.push(`the pool is ${pool.phase}`);
  }
  if (asks('notebook')) {
    if (notebook === undefined) return [...problems, 'there is no notebook'];
    if (notebook.id !== progress.notebook?.id)
      problems.push(`the notebook is ${notebook.id}, not ${progress.notebook?.id}`);
    if (notebook.status !== 'RUNNING' && !hit.has('notebookUnavailable'))
      problems.push(`the notebook is ${notebook.status}`);
  }
  return problems;
}

/** When all has come to rest: what the open lease says that it owns, against what is there; without a lease nothing may be. */
export function judgeRest(ours: Ours, lease: EnvironmentResources | null): string[] {
  const problems: string[] = [];
  if (lease === null) {
    if (ours.pools.length + ours.notebooks.length > 0) problems.push(`at rest nobody owns it; ${describeOurs(ours)}`);
    return problems;
  }
  const wrong = (what: string) => problems.push(`at rest the lease ${what}; ${describeOurs(ours)}`);
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

/** A resource that is none of our business, as it was when it came. */
export interface Stranger {
  readonly kind: 'pool' | 'notebook';
  readonly uid: string;
  readonly id: string;
  readonly description: string;
  /** How many calls had been made by then. */
  readonly since: number;
}

/** Everyone who is in the cloud and not in `known` yet, and not ours. */
export function newStrangers(state: SimState, known: readonly Stranger[], since: number): Stranger[] {
  const isNew = ({ uid }: { uid: string }) => !known.some((one) => one.uid === uid);
  const ours = oursIn(state);
  const isOurs = ({ uid }: { uid: string }) => [...ours.pools, ...ours.notebooks].some((one) => one.uid === uid);
  return [
    ...state.pools.map((one) => ({
      kind: 'pool' as const,
      description: one.annotations['os.modelarts/description'] ?? '',
      ...one,
    })),
    ...state.notebooks.map((one) => ({ kind: 'notebook' as const, ...one })),
  ]
    .filter((one) => isNew(one) && !isOurs(one))
    .map(({ kind, uid, id, description }) => ({ kind, uid, id, description, since }));
}

/** What was done to strangers' resources: nothing may. */
export function judgeStrangers(
  strangers: readonly Stranger[],
  state: SimState,
  requests: readonly RequestRecord[],
): string[] {
  const problems: string[] = [];
  for (const { kind, uid, id, description, since } of strangers) {
    const pool = state.pools.find((one) => one.uid === uid);
    const notebook = state.notebooks.find((one) => one.uid === uid);
    if (pool === undefined && notebook === undefined) problems.push(`a stranger's ${kind} ${id} is gone`);
    if (notebook?.pool !== undefined && !state.pools.some((one) => one.id === notebook.pool?.id)) {
      problems.push(`the pool under a stranger's notebook ${id} is gone`);
    }
    const words = pool?.annotations['os.modelarts/description'] ?? notebook?.description;
    if (words !== undefined && words !== description) problems.push(`a stranger's ${kind} ${id} was changed`);
    const touched = requests.find(
      ({ seq, method, path }) => seq > since && method !== 'GET' && path.includes(`/${id}`),
    );
    if (touched !== undefined)
      problems.push(`${touched.method} on a stranger's ${kind}: ${touched.path} at ${touched.at}`);
  }
  return problems;
}
