import type { Define } from './command.js';
import { scheduleEntries } from './schedule-commands.js';

/** One command of the table: where it stands, one line about it, and the file that has the rest. */
export interface CommandEntry {
  readonly noun: string | null;
  readonly verb: string;
  readonly summary: string;
  /** Loaded only when the command is asked for. */
  readonly load: () => Promise<Define>;
  readonly ownsSignals?: boolean;
}

export const kindSummaries: Readonly<Record<string, string>> = {
  env: 'environments: a pool, a notebook on it, a lease',
  pool: 'resource pools',
  notebook: 'notebook instances',
  flavor: 'resource flavors and where they are on sale',
  network: 'networks that pools live in',
  sweep: 'deleting by plan what has expired, was released or has no owner',
  schedule: 'work at set times: sweeps, teardowns, provisioning',
};

function role(verb: string, summary: string, load: CommandEntry['load'], ownsSignals = false): CommandEntry {
  return { noun: null, verb, summary, load, ownsSignals };
}

function verb(noun: string, name: string, summary: string, load: CommandEntry['load']): CommandEntry {
  return { noun, verb: name, summary, load };
}

/** Every command, in the order in which help lists them. */
export const commandEntries: readonly CommandEntry[] = [
  role(
    'dev',
    'everything in one process: Temporal server with UI, simulator and worker',
    async () => (await import('./commands/dev.js')).dev,
    true,
  ),
  role(
    'demo',
    'run the main job from start to teardown on the simulator',
    async () => (await import('./commands/demo.js')).demo,
    true,
  ),
  role('worker', 'run the worker', async () => (await import('./commands/worker.js')).worker, true),
  role(
    'simulator',
    'run a stateful ModelArts over HTTP',
    async () => (await import('./commands/simulator.js')).simulator,
    true,
  ),
  role(
    'codec-server',
    'decrypt payloads for the Temporal UI and CLI',
    async () => (await import('./commands/codec-server.js')).codecServer,
    true,
  ),
  role(
    'setup',
    'register the search attributes in the Temporal namespace',
    async () => (await import('./commands/setup.js')).setup,
  ),
  role(
    'doctor',
    'check settings, Temporal, worker, credentials and clock',
    async () => (await import('./commands/doctor.js')).doctor,
  ),
  role(
    'completion',
    'print what makes a shell complete maops commands',
    async () => (await import('./commands/completion.js')).completion,
  ),
  verb(
    'env',
    'create',
    'make an environment, or join the operation that makes it',
    async () => (await import('./commands/env-create.js')).envCreate,
  ),
  verb('env', 'list', 'list environments', async () => (await import('./commands/env-list.js')).envList),
  verb('env', 'show', 'show where an environment stands', async () => (await import('./commands/env-show.js')).envShow),
  verb(
    'env',
    'watch',
    'follow an operation until it ends',
    async () => (await import('./commands/env-watch.js')).envWatch,
  ),
  verb(
    'env',
    'history',
    'tell what happened, from the Temporal history',
    async () => (await import('./commands/env-history.js')).envHistory,
  ),
  verb(
    'env',
    'why',
    'say why an operation stands where it stands',
    async () => (await import('./commands/env-why.js')).envWhy,
  ),
  verb(
    'env',
    'pause',
    'stop creating and deleting until it is resumed',
    async () => (await import('./commands/env-pause.js')).envPause,
  ),
  verb('env', 'resume', 'go on after a pause', async () => (await import('./commands/env-resume.js')).envResume),
  verb(
    'env',
    'cancel',
    'call an operation off; it undoes what it made',
    async () => (await import('./commands/env-cancel.js')).envCancel,
  ),
  verb(
    'env',
    'approve',
    'approve an operation that waits for it',
    async () => (await import('./commands/env-approve.js')).envApprove,
  ),
  verb(
    'env',
    'reject',
    'reject an operation that waits for approval',
    async () => (await import('./commands/env-reject.js')).envReject,
  ),
  verb(
    'env',
    'resolve',
    'answer an operation that waits for an operator',
    async () => (await import('./commands/env-resolve.js')).envResolve,
  ),
  verb(
    'env',
    'try-now',
    'try at once what waits for its next try',
    async () => (await import('./commands/env-try-now.js')).envTryNow,
  ),
  verb('env', 'extend', 'move the end of the lease', async () => (await import('./commands/env-extend.js')).envExtend),
  verb(
    'env',
    'release',
    'end the lease; the environment is torn down',
    async () => (await import('./commands/env-release.js')).envRelease,
  ),
  verb(
    'env',
    'teardown',
    'delete an environment and verify that it is gone',
    async () => (await import('./commands/env-teardown.js')).envTeardown,
  ),
  verb(
    'env',
    'protect',
    'keep sweeps, teardowns and the end of the lease from deleting it',
    async () => (await import('./commands/env-protect.js')).envProtect,
  ),
  verb(
    'env',
    'unprotect',
    'let it be deleted again',
    async () => (await import('./commands/env-unprotect.js')).envUnprotect,
  ),
  verb('pool', 'create', 'make a pool alone', async () => (await import('./commands/pool-create.js')).poolCreate),
  verb('pool', 'list', 'list pools', async () => (await import('./commands/pool-list.js')).poolList),
  verb('pool', 'show', 'show a pool', async () => (await import('./commands/pool-show.js')).poolShow),
  verb(
    'pool',
    'delete',
    'delete a pool that no environment owns',
    async () => (await import('./commands/pool-delete.js')).poolDelete,
  ),
  verb(
    'notebook',
    'create',
    'make a notebook alone',
    async () => (await import('./commands/notebook-create.js')).notebookCreate,
  ),
  verb('notebook', 'list', 'list notebooks', async () => (await import('./commands/notebook-list.js')).notebookList),
  verb('notebook', 'show', 'show a notebook', async () => (await import('./commands/notebook-show.js')).notebookShow),
  verb(
    'notebook',
    'start',
    'start a stopped notebook and wait until it runs',
    async () => (await import('./commands/notebook-start.js')).notebookStart,
  ),
  verb(
    'notebook',
    'stop',
    'stop a notebook and wait until it has stopped',
    async () => (await import('./commands/notebook-stop.js')).notebookStop,
  ),
  verb(
    'notebook',
    'delete',
    'delete a notebook that no environment owns',
    async () => (await import('./commands/notebook-delete.js')).notebookDelete,
  ),
  verb(
    'notebook',
    'open',
    'print the URL that opens a notebook',
    async () => (await import('./commands/notebook-open.js')).notebookOpen,
  ),
  verb(
    'flavor',
    'list',
    'list flavors with their sale status',
    async () => (await import('./commands/flavor-list.js')).flavorList,
  ),
  verb('network', 'list', 'list networks', async () => (await import('./commands/network-list.js')).networkList),
  verb('network', 'show', 'show a network', async () => (await import('./commands/network-show.js')).networkShow),
  role(
    'audit',
    'whose every pool and notebook is, how it stands and what it costs',
    async () => (await import('./commands/audit.js')).audit,
  ),
  verb(
    'audit',
    'adopt',
    'give an orphan an owner again',
    async () => (await import('./commands/audit-adopt.js')).auditAdopt,
  ),
  verb(
    'sweep',
    'plan',
    'say what nobody needs any more, and why; deletes nothing',
    async () => (await import('./commands/sweep-plan.js')).sweepPlan,
  ),
  verb(
    'sweep',
    'apply',
    'delete what a plan holds, by its hash',
    async () => (await import('./commands/sweep-apply.js')).sweepApply,
  ),
  ...scheduleEntries,
];
