import { sameResource } from './identity.js';
import type { ResourceFacts, Verdict, WatchRules } from './observation.js';
import type { RemovalCommand } from './removal.js';

/** The content of a notebook response as plain values (docs/api/notebooks-and-auth.md "2.3 Old instance object"). */
export interface NotebookFacts extends ResourceFacts {
  readonly name: string;
  readonly status: string;
  readonly poolId: string | null;
  readonly workspaceId: string | null;
  /** Empty until the instance runs. */
  readonly url: string | null;
  /** RFC 3339; only while the instance runs. */
  readonly autoStopAt: string | null;
  /** `failed_reasons`, when the service gives them. */
  readonly failure: { readonly code: string | null; readonly message: string | null } | null;
  readonly queueRank: number | null;
}

export type NotebookGoal = 'running' | 'stopped' | 'gone';

const onTheWay = [
  'CREATE_QUEUING',
  'CREATING',
  'START_QUEUING',
  'STARTING',
  'RESTARTING',
  'STOPPING',
  'RESIZING',
  'READY_TO_START',
];
const failedFor: Readonly<Record<NotebookGoal, readonly string[]>> = {
  running: ['CREATE_FAILED', 'START_FAILED', 'RESIZE_FAILED'],
  stopped: [],
  gone: [],
};
/** States in which the instance holds no running container, so that it may be deleted (docs/api/notebooks-and-auth.md "3.1 Old generation"). */
const halted = ['STOPPED', 'CREATE_FAILED', 'START_FAILED', 'RESIZE_FAILED'];

/** Judges one observation against the goal. An unknown status waits: it is data, not an error. */
export function judgeNotebook(name: string, facts: NotebookFacts | null, goal: NotebookGoal): Verdict {
  if (facts === null || facts.status === 'DELETED')
    return { condition: 'absent', why: `notebook ${name} does not exist` };
  const status = facts.status;
  const errorCode = facts.failure?.code ?? null;
  const rank = facts.queueRank === null ? '' : `, place ${facts.queueRank} in the queue`;
  if (goal === 'running' && status === 'RUNNING') return { condition: 'usable', why: `notebook ${name} is RUNNING` };
  if (goal === 'stopped' && halted.includes(status))
    return { condition: 'usable', why: `notebook ${name} is ${status}` };
  if (failedFor[goal].includes(status)) {
    const reason = facts.failure?.message ?? facts.failure?.code;
    return { condition: 'failed', why: `notebook ${name}: ${status}${reason ? `: ${reason}` : ''}`, errorCode };
  }
  if (status === 'UNAVAILABLE' && goal === 'running')
    return { condition: 'unhealthy', why: `notebook ${name}: UNAVAILABLE, the service may restore it`, errorCode };
  if (status === 'DELETING') return { condition: 'leaving', why: `notebook ${name} is being deleted` };
  if (onTheWay.includes(status)) return { condition: 'pending', why: `notebook ${name}: ${status}${rank}` };
  if (status === 'RUNNING' || status === 'STOPPED' || status === 'UNAVAILABLE')
    return { condition: 'pending', why: `notebook ${name}: still ${status}` };
  return { condition: 'pending', why: `notebook ${name}: unknown status ${status}` };
}

/** True when only a start brings the notebook back to running. */
export function needsStart({ status }: NotebookFacts): boolean {
  return status === 'STOPPED' || status === 'READY_TO_START';
}

/** For statuses whose accepted command no document names: tried in turn while nothing happens. */
const triedInTurn: Readonly<Record<string, readonly RemovalCommand[]>> = {
  UNAVAILABLE: ['stop', 'stop', 'delete'],
  CREATE_QUEUING: ['delete', 'dequeue'],
  START_QUEUING: ['dequeue', 'delete'],
  READY_TO_START: ['dequeue', 'delete'],
};

/** The next command that removes a notebook, after so many commands without effect in its present status. */
export function nextNotebookRemoval({ status }: Pick<NotebookFacts, 'status'>, tries = 0): RemovalCommand | 'wait' {
  const inTurn = triedInTurn[status] ?? [];
  const next = inTurn[tries % inTurn.length];
  if (next !== undefined) return next;
  if (status === 'RUNNING') return 'stop';
  return halted.includes(status) ? 'delete' : 'wait';
}

export const notebookRules: WatchRules<NotebookFacts, NotebookGoal> = {
  judge: judgeNotebook,
  stateChanged: (before, after) =>
    before.status !== after.status || before.url !== after.url || sameResource(before, after) === 'other',
  countsChanged: (before, after) => before.queueRank !== after.queueRank || before.autoStopAt !== after.autoStopAt,
};
