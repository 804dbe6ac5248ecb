import type { Define } from './command.js';

/** One command: its name, one line about it, and how to load its definition. */
export interface CommandEntry {
  readonly group: string | null;
  readonly verb: string;
  readonly summary: string;
  /** True for roles, which run until a signal and stop gracefully by themselves. */
  readonly ownsSignals: boolean;
  /** Loads the file of the group, only when one of its commands is asked for: start-up stays quick. */
  readonly load: () => Promise<Define>;
}

/** What each file under `commands/` exports. */
interface CommandFile<Verb extends string> {
  readonly commands: Readonly<Record<Verb, Define>>;
}

/** One line about each group. */
export const groupSummaries: Readonly<Record<string, string>> = {
  env: 'environments: a pool, a notebook on it and a lease',
  pool: 'resource pools',
  notebook: 'notebook instances',
  image: 'images for notebooks of the current API',
  flavor: 'resource flavors and where they are on sale',
  network: 'networks for pools',
  sweep: 'delete expired, released and orphaned resources by plan',
  schedule: 'scheduled sweeps, teardowns and provisioning',
};

function entriesOf<Verb extends string>(
  group: string | null,
  summaries: Readonly<Record<Verb, string>>,
  loadFile: () => Promise<CommandFile<NoInfer<Verb>>>,
  ownsSignals = false,
): CommandEntry[] {
  const entries: CommandEntry[] = [];
  for (const verb in summaries) {
    const load = async () => (await loadFile()).commands[verb];
    entries.push({ group, verb, summary: summaries[verb], ownsSignals, load });
  }
  return entries;
}

/** Every command, in the order in which help lists them. */
export const commandEntries: readonly CommandEntry[] = [
  ...entriesOf(
    null,
    { dev: 'run a Temporal server with UI, a simulator and a worker in one process' },
    () => import('./commands/dev.js'),
    true,
  ),
  ...entriesOf(
    null,
    { demo: 'create and tear down an example environment on the simulator' },
    () => import('./commands/demo.js'),
    true,
  ),
  ...entriesOf(null, { worker: 'run the worker' }, () => import('./commands/worker.js'), true),
  ...entriesOf(
    null,
    { simulator: 'run a simulated ModelArts over HTTP' },
    () => import('./commands/simulator.js'),
    true,
  ),
  ...entriesOf(
    null,
    { 'codec-server': 'decrypt payloads for the Temporal UI and CLI' },
    () => import('./commands/codec-server.js'),
    true,
  ),
  ...entriesOf(
    null,
    { setup: 'register the search attributes in the Temporal namespace' },
    () => import('./commands/setup.js'),
  ),
  ...entriesOf(
    null,
    { doctor: 'check settings, Temporal, worker, credentials and clock' },
    () => import('./commands/doctor.js'),
  ),
  ...entriesOf(
    null,
    { completion: 'print the completion script for a shell' },
    () => import('./commands/completion.js'),
  ),
  ...entriesOf(
    'env',
    { create: 'create an environment, or join the run that is creating it' },
    () => import('./commands/env-create.js'),
  ),
  ...entriesOf(
    'env',
    {
      list: 'list environments',
      show: 'show the state of an environment',
      watch: 'follow an operation until it ends',
      history: 'show what happened, from the Temporal history',
      why: 'explain the state of an operation and what to do next',
    },
    () => import('./commands/env.js'),
  ),
  ...entriesOf(
    'env',
    {
      pause: 'stop creating and deleting until resumed',
      resume: 'continue after a pause',
      cancel: 'cancel an operation and roll back what it created',
      approve: 'approve an operation that awaits approval',
      reject: 'reject an operation that awaits approval',
      resolve: 'decide how an operation continues after a failed step',
      'try-now': 'retry now instead of waiting for the next attempt',
    },
    () => import('./commands/env-steering.js'),
  ),
  ...entriesOf(
    'env',
    { extend: 'move the end of the lease', release: 'end the lease and tear the environment down' },
    () => import('./commands/env-lease.js'),
  ),
  ...entriesOf(
    'env',
    { teardown: 'delete an environment and verify the deletion' },
    () => import('./commands/env-teardown.js'),
  ),
  ...entriesOf(
    'env',
    {
      protect: 'protect an environment from teardowns, sweeps and the end of its lease',
      unprotect: 'remove the protection of an environment',
    },
    () => import('./commands/env.js'),
  ),
  ...entriesOf(
    'pool',
    {
      create: 'create a pool without a notebook',
      list: 'list pools',
      show: 'show a pool',
      delete: 'delete a pool that no environment owns',
    },
    () => import('./commands/pool.js'),
  ),
  ...entriesOf(
    'notebook',
    {
      create: 'create a notebook without a pool',
      list: 'list notebooks',
      show: 'show a notebook',
      start: 'start a stopped notebook and wait until it runs',
      stop: 'stop a notebook and wait until it has stopped',
      renew: 'let a running notebook of the current API run longer',
      delete: 'delete a notebook that no environment owns',
      open: 'print a URL that opens a notebook',
    },
    () => import('./commands/notebook.js'),
  ),
  ...entriesOf('image', { list: 'list images' }, () => import('./commands/image.js')),
  ...entriesOf('flavor', { list: 'list flavors with their sale status' }, () => import('./commands/flavor.js')),
  ...entriesOf('network', { list: 'list networks', show: 'show a network' }, () => import('./commands/network.js')),
  ...entriesOf(null, { audit: 'show the owner and cost of every resource' }, () => import('./commands/audit.js')),
  ...entriesOf('audit', { adopt: 'give an orphan a lease that owns it' }, () => import('./commands/audit.js')),
  ...entriesOf(
    'sweep',
    {
      plan: 'list the resources to delete, with reasons; deletes nothing',
      apply: 'delete the resources in a plan',
    },
    () => import('./commands/sweep.js'),
  ),
  ...entriesOf(
    'schedule',
    {
      create: 'schedule a sweep, a teardown or provisioning',
      list: 'list schedules with their next and last runs',
      show: 'show a schedule and the results of its last runs',
      pause: 'stop starting runs until resumed',
      resume: 'continue after a pause or a failed run',
      trigger: 'start one run now',
      delete: 'delete a schedule; a run in progress continues',
    },
    () => import('./commands/schedule.js'),
  ),
];
