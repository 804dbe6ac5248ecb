import type { Verdict } from './pool.js';

/** What a notebook instance's answer says, as plain values (notebooks-and-auth.md 2.3). */
export interface NotebookFacts {
  readonly id: string;
  /** `creation_timestamp`: epoch milliseconds as text. */
  readonly createdAt: string;
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
/** States in which the instance holds no running container, so that it may be deleted (notebooks-and-auth.md 3.1). */
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

/** What must happen to a notebook next so that it goes away. */
export function nextToRemove(status: string): 'stop' | 'delete' | 'wait' {
  if (status === 'RUNNING' || status === 'UNAVAILABLE') return 'stop';
  if (halted.includes(status) || status === 'CREATE_QUEUING' || status === 'READY_TO_START') return 'delete';
  return 'wait';
}

export function notebookTurned(before: NotebookFacts, after: NotebookFacts): boolean {
  return before.status !== after.status || before.url !== after.url || before.createdAt !== after.createdAt;
}
