import type { Define } from './command.js';

/** One command: its name, one line about it, and how to load its definition. */
export interface CommandEntry {
  readonly noun: string | null;
  readonly verb: string;
  readonly summary: string;
  /** True for roles, which run until a signal and stop gracefully by themselves. */
  readonly ownsSignals: boolean;
  /** Loads the file of the noun, only when one of its commands is asked for: start-up stays quick. */
  readonly load: () => Promise<Define>;
}

/** What each file under `commands/` exports. */
interface CommandFile<Verb extends string> {
  readonly commands: Readonly<Record<Verb, Define>>;
}

/** One line about each noun. */
export const nounSummaries: Readonly<Record<string, string>> = {
  env: 'environments: a pool, a notebook on it, a lease',
  pool: 'resource pools',
  notebook: 'notebook instances',
  flavor: 'resource flavors and where they are on sale',
  network: 'networks that pools live in',
  sweep: 'deleting by plan what has expired, was released or has no owner',
  schedule: 'work at set times: sweeps, teardowns, provisioning',
};

function entriesOf<Verb extends string>(
  noun: string | null,
  summaries: Readonly<Record<Verb, string>>,
  loadFile: () => Promise<CommandFile<NoInfer<Verb>>>,
  ownsSignals = false,
): CommandEntry[] {
  const entries: CommandEntry[] = [];
  for (const verb in summaries) {
    const load = async () => (await loadFile()).commands[verb];
    entries.push({ noun, verb, summary: summaries[verb], ownsSignals, load });
  }
  return entries;
}

/** Every command, in the order in which help lists them. */
export const commandEntries: readonly CommandEntry[] = [
  ...entriesOf(
    null,
    { dev: 'everything in one process: Temporal server with UI, simulator and worker' },
    () => import('./commands/dev.js'),
    true,
  ),
  ...entriesOf(
    null,
    { demo: 'run the main job from start to teardown on the simulator' },
    () => import('./commands/demo.js'),
    true,
  ),
  ...entriesOf(null, { worker: 'run the worker' }, () => import('./commands/worker.js'), true),
  ...entriesOf(
    null,
    { simulator: 'run a stateful ModelArts over HTTP' },
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
    { completion: 'print what makes a shell complete maops commands' },
    () => import('./commands/completion.js'),
  ),
  ...entriesOf(
    'env',
    { create: 'make an environment, or join the operation that makes it' },
    () => import('./commands/env-create.js'),
  ),
  ...entriesOf(
    'env',
    {
      list: 'list environments',
      show: 'show where an environment stands',
      watch: 'follow an operation until it ends',
      history: 'tell what happened, from the Temporal history',
      why: 'say why an operation stands where it stands',
    },
    () => import('./commands/env.js'),
  ),
  ...entriesOf(
    'env',
    {
      pause: 'stop creating and deleting until it is resumed',
      resume: 'go on after a pause',
      cancel: 'call an operation off; it undoes what it made',
      approve: 'approve an operation that waits for it',
      reject: 'reject an operation that waits for approval',
      resolve: 'answer an operation that waits for an operator',
      'try-now': 'try at once what waits for its next try',
      extend: 'move the end of the lease',
      release: 'end the lease; the environment is torn down',
    },
    () => import('./commands/env-steering.js'),
  ),
  ...entriesOf(
    'env',
    { teardown: 'delete an environment and verify that it is gone' },
    () => import('./commands/env-teardown.js'),
  ),
  ...entriesOf(
    'env',
    {
      protect: 'keep sweeps, teardowns and the end of the lease from deleting it',
      unprotect: 'let it be deleted again',
    },
    () => import('./commands/env.js'),
  ),
  ...entriesOf(
    'pool',
    {
      create: 'make a pool alone',
      list: 'list pools',
      show: 'show a pool',
      delete: 'delete a pool that no environment owns',
    },
    () => import('./commands/pool.js'),
  ),
  ...entriesOf(
    'notebook',
    {
      create: 'make a notebook alone',
      list: 'list notebooks',
      show: 'show a notebook',
      start: 'start a stopped notebook and wait until it runs',
      stop: 'stop a notebook and wait until it has stopped',
      delete: 'delete a notebook that no environment owns',
      open: 'print the URL that opens a notebook',
    },
    () => import('./commands/notebook.js'),
  ),
  ...entriesOf('flavor', { list: 'list flavors with their sale status' }, () => import('./commands/flavor.js')),
  ...entriesOf('network', { list: 'list networks', show: 'show a network' }, () => import('./commands/network.js')),
  ...entriesOf(
    null,
    { audit: 'whose every pool and notebook is, how it stands and what it costs' },
    () => import('./commands/audit.js'),
  ),
  ...entriesOf('audit', { adopt: 'give an orphan an owner again' }, () => import('./commands/audit.js')),
  ...entriesOf(
    'sweep',
    {
      plan: 'say what nobody needs any more, and why; deletes nothing',
      apply: 'delete what a plan holds, by its hash',
    },
    () => import('./commands/sweep.js'),
  ),
  ...entriesOf(
    'schedule',
    {
      create: 'sweep, tear down or provision at set times',
      list: 'list schedules with their next and last runs',
      show: 'show a schedule and how its last runs ended',
      pause: 'start no run until it is resumed',
      resume: 'go on after a pause or a failed run',
      trigger: 'run it once now',
      delete: 'delete a schedule; what it started goes on',
    },
    () => import('./commands/schedule.js'),
  ),
];
