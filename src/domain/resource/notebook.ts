import { sameResource } from './identity.js';
import type { Instant } from './instant.js';
import type { Verdict } from './pool.js';

/** What a notebook instance's answer says, as plain values (docs/api/notebooks-and-auth.md "2.3 Old instance object"). */
export interface NotebookFacts {
  readonly id: string;
  readonly createdAt: Instant;
  readonly name: string;
  readonly status: string;
  readonly description: string;
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

/** Judges one sighting of a notebook against what is waited for. Unknown words wait: they are data, not errors. */
export function judgeNotebook(name: string, facts: NotebookFacts | null, goal: NotebookGoal): Verdict {
  if (facts === null || facts.status === 'DELETED')
    return { condition: 'absent', why: `notebook ${name} is not there` };
  const status = facts.status;
  const rank = facts.queueRank === null ? '' : `, place ${facts.queueRank} in the queue`;
  if (goal === 'running' && status === 'RUNNING') return { condition: 'usable', why: `notebook ${name} is RUNNING` };
  if (goal === 'stopped' && halted.includes(status))
    return { condition: 'usable', why: `notebook ${name} is ${status}` };
  if (failedFor[goal].includes(status)) {
    const reason = facts.failure?.message ?? facts.failure?.code;
    return { condition: 'failed', why: `notebook ${name}: ${status}${reason ? `: ${reason}` : ''}` };
  }
  if (status === 'UNAVAILABLE' && goal === 'running')
    return { condition: 'unhealthy', why: `notebook ${name}: UNAVAILABLE, the service may restore it` };
  if (status === 'DELETING') return { condition: 'leaving', why: `notebook ${name} is being deleted` };
  if (onTheWay.includes(status)) return { condition: 'pending', why: `notebook ${name}: ${status}${rank}` };
  if (status === 'RUNNING' || status === 'STOPPED' || status === 'UNAVAILABLE')
    return { condition: 'pending', why: `notebook ${name}: still ${status}` };
  return { condition: 'pending', why: `notebook ${name}: unknown status ${status}` };
}

/** True of one that only a start brings back to running. */
export function standsStill({ status }: NotebookFacts): boolean {
  return status === 'STOPPED' || status === 'READY_TO_START';
}

/** Commands that make a notebook go away, one after the other. */
export type Removing = 'stop' | 'dequeue' | 'delete';

/** Of the states where no page says which command the service takes: what is tried in turn, while nothing comes of it. */
const triedInTurn: Readonly<Record<string, readonly Removing[]>> = {
  UNAVAILABLE: ['stop', 'stop', 'delete'],
  CREATE_QUEUING: ['delete', 'dequeue'],
  START_QUEUING: ['dequeue', 'delete'],
  READY_TO_START: ['dequeue', 'delete'],
};

/** What must happen to a notebook next so that it goes away, after so many commands in its status that came to nothing. */
export function nextToRemove(status: string, tries = 0): Removing | 'wait' {
  const inTurn = triedInTurn[status] ?? [];
  const next = inTurn[tries % inTurn.length];
  if (next !== undefined) return next;
  if (status === 'RUNNING') return 'stop';
  return halted.includes(status) ? 'delete' : 'wait';
}

export function notebookTurned(before: NotebookFacts, after: NotebookFacts): boolean {
  return before.status !== after.status || before.url !== after.url || sameResource(before, after) === 'other';
}
