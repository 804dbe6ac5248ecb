import type { Grant } from '../lease/grant.js';
import { sameResource } from './identity.js';
import type { ResourceFacts, Verdict, WatchRules } from './observation.js';
import type { RemovalCommand } from './removal.js';

/** The two notebook APIs of the service. Neither shows the notebooks of the other. */
export type NotebookApi = 'current' | 'historical';

/** The API that a notebook belongs to, by its id (docs/api/notebooks-current.md "16. Old and new side by side"). */
export function notebookApiOf(id: string): NotebookApi {
  return id.startsWith('DE-') ? 'historical' : 'current';
}

/**
 * The content of a notebook response of either API as plain values (docs/api/notebooks-and-auth.md "2.3 Old instance
 * object", docs/api/notebooks-current.md "3. The instance object (C1, C4..C8; rows of C2, C3)").
 */
export interface NotebookFacts extends ResourceFacts {
  readonly name: string;
  readonly status: string;
  readonly poolId: string | null;
  readonly workspaceId: string | null;
  /** Empty until the instance runs. The current API shows it in other states too, so it does not mean usable. */
  readonly url: string | null;
  /** RFC 3339; only while the instance runs. */
  readonly autoStopAt: string | null;
  /** `failed_reasons` or `fail_reason`, when the service gives them. The current API gives no code. */
  readonly failure: { readonly code: string | null; readonly message: string | null } | null;
  readonly queueRank: number | null;
  /** Only of the current API: what happens to its storage. Absent while nothing does. */
  readonly volumeStatus?: string;
  /** Only of the current API: the run time that was granted last. Absent without an automatic stop. */
  readonly grant?: Grant;
}

export type NotebookGoal = 'running' | 'stopped' | 'gone';

const onTheWay = [
  'INIT',
  'CREATE_QUEUING',
  'CREATING',
  'START_QUEUING',
  'STARTING',
  'RESTARTING',
  'STOPPING',
  'RESIZING',
  'READY_TO_START',
  'SNAPSHOTTING',
];
/** The statuses that may heal while somebody waits for a running notebook, and what that takes. */
const mayHeal: Readonly<Record<string, string>> = {
  UNAVAILABLE: 'the service may restore it',
  ERROR: 'the service may restore it',
  DELETE_FAILED: 'somebody tried to delete it',
  FROZEN: 'the account is in arrears',
};
/**
 * Storage that is not ready although the instance runs (docs/api/notebooks-current.md "14. What Terraform does
 * (a0345b8)").
 */
const volumeChanges = ['INITIALIZING', 'RESIZING', 'DELETING'];
const failedFor: Readonly<Record<NotebookGoal, readonly string[]>> = {
  running: ['CREATE_FAILED', 'START_FAILED', 'RESIZE_FAILED'],
  stopped: [],
  gone: [],
};
/**
 * States in which the instance holds no running container, so that it may be deleted (docs/api/notebooks-and-auth.md
 * "3.1 Old generation").
 */
const halted = ['STOPPED', 'CREATE_FAILED', 'START_FAILED', 'RESIZE_FAILED'];

/** Judges one observation against the goal. An unknown status waits: it is data, not an error. */
export function judgeNotebook(name: string, facts: NotebookFacts | null, goal: NotebookGoal): Verdict {
  if (facts === null || facts.status === 'DELETED')
    return { condition: 'absent', why: `notebook ${name} does not exist` };
  const status = facts.status;
  const errorCode = facts.failure?.code ?? null;
  const rank = facts.queueRank === null ? '' : `, place ${facts.queueRank} in the queue`;
  if (goal === 'running' && status === 'RUNNING') {
    const volume = facts.volumeStatus ?? '';
    return volumeChanges.includes(volume)
      ? { condition: 'pending', why: `notebook ${name} is RUNNING, its storage is ${volume}` }
      : { condition: 'usable', why: `notebook ${name} is RUNNING` };
  }
  if (goal === 'stopped' && halted.includes(status))
    return { condition: 'usable', why: `notebook ${name} is ${status}` };
  if (failedFor[goal].includes(status)) {
    return { condition: 'failed', why: `notebook ${name}: ${status}${because(facts)}`, errorCode };
  }
  const cure = mayHeal[status];
  if (cure !== undefined && goal === 'running')
    return { condition: 'unhealthy', why: `notebook ${name}: ${status}, ${cure}${because(facts)}`, errorCode };
  if (status === 'DELETING') return { condition: 'leaving', why: `notebook ${name} is being deleted` };
  if (onTheWay.includes(status)) return { condition: 'pending', why: `notebook ${name}: ${status}${rank}` };
  if (status === 'RUNNING' || status === 'STOPPED' || cure !== undefined)
    return { condition: 'pending', why: `notebook ${name}: still ${status}` };
  return { condition: 'pending', why: `notebook ${name}: unknown status ${status}` };
}

function because({ failure }: NotebookFacts): string {
  const reason = failure?.message ?? failure?.code;
  return reason ? `: ${reason}` : '';
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

/** Statuses of the current API that end by themselves, or in which no command is accepted. */
const untouchable = ['STOPPING', 'SNAPSHOTTING', 'DELETING'];

/**
 * The next command that removes a notebook of the current API. The documentation disagrees on whether a running one may
 * be deleted, so DELETE comes first and a refusal leads to a stop (docs/api/notebooks-current.md "7. Start, stop,
 * delete").
 */
export function nextCurrentNotebookRemoval(
  { status }: Pick<NotebookFacts, 'status'>,
  tries = 0,
): RemovalCommand | 'wait' {
  if (status === 'RUNNING') return tries % 2 === 0 ? 'delete' : 'stop';
  return untouchable.includes(status) ? 'wait' : 'delete';
}

export const notebookRules: WatchRules<NotebookFacts, NotebookGoal> = {
  judge: judgeNotebook,
  stateChanged: (before, after) =>
    before.status !== after.status ||
    before.url !== after.url ||
    before.volumeStatus !== after.volumeStatus ||
    sameResource(before, after) === 'other',
  countsChanged: (before, after) => before.queueRank !== after.queueRank || before.autoStopAt !== after.autoStopAt,
};
