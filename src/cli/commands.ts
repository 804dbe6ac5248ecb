import type { Define } from './command.js';
import * as audit from './commands/audit.js';
import * as codecServer from './commands/codec-server.js';
import * as completion from './commands/completion.js';
import * as demo from './commands/demo.js';
import * as dev from './commands/dev.js';
import * as doctor from './commands/doctor.js';
import * as env from './commands/env.js';
import * as envCreate from './commands/env-create.js';
import * as envLease from './commands/env-lease.js';
import * as envSteering from './commands/env-steering.js';
import * as envTeardown from './commands/env-teardown.js';
import * as flavor from './commands/flavor.js';
import * as image from './commands/image.js';
import * as network from './commands/network.js';
import * as notebook from './commands/notebook.js';
import * as pool from './commands/pool.js';
import * as schedule from './commands/schedule.js';
import * as setup from './commands/setup.js';
import * as simulator from './commands/simulator.js';
import * as sweep from './commands/sweep.js';
import * as worker from './commands/worker.js';

/**
 * One command: its name, one line about it, and its declaration. Every command line loads all declarations, so what a
 * command needs for its work is loaded by its action: clients, schemas, parsers.
 */
export interface CommandEntry {
  readonly group: string | null;
  readonly verb: string;
  readonly summary: string;
  /** True for roles, which run until a signal and stop gracefully by themselves. */
  readonly ownsSignals: boolean;
  readonly define: Define;
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
  { commands }: CommandFile<NoInfer<Verb>>,
  ownsSignals = false,
): CommandEntry[] {
  const entries: CommandEntry[] = [];
  for (const verb in summaries) {
    entries.push({ group, verb, summary: summaries[verb], ownsSignals, define: commands[verb] });
  }
  return entries;
}

/** Every command, in the order in which help lists them. */
export const commandEntries: readonly CommandEntry[] = [
  ...entriesOf(null, { dev: 'run a Temporal server with UI, a simulator and a worker in one process' }, dev, true),
  ...entriesOf(null, { demo: 'create and tear down an example environment on the simulator' }, demo, true),
  ...entriesOf(null, { worker: 'run the worker' }, worker, true),
  ...entriesOf(null, { simulator: 'run a simulated ModelArts over HTTP' }, simulator, true),
  ...entriesOf(null, { 'codec-server': 'decrypt payloads for the Temporal UI and CLI' }, codecServer, true),
  ...entriesOf(null, { setup: 'register the search attributes in the Temporal namespace' }, setup),
  ...entriesOf(null, { doctor: 'check settings, Temporal, worker, credentials and clock' }, doctor),
  ...entriesOf(null, { completion: 'print the completion script for a shell' }, completion),
  ...entriesOf('env', { create: 'create an environment, or join the run that is creating it' }, envCreate),
  ...entriesOf(
    'env',
    {
      list: 'list environments',
      show: 'show the state of an environment',
      watch: 'follow an operation until it ends',
      history: 'show what happened, from the Temporal history',
      why: 'explain the state of an operation and what to do next',
    },
    env,
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
    envSteering,
  ),
  ...entriesOf(
    'env',
    { extend: 'move the end of the lease', release: 'end the lease and tear the environment down' },
    envLease,
  ),
  ...entriesOf('env', { teardown: 'delete an environment and verify the deletion' }, envTeardown),
  ...entriesOf(
    'env',
    {
      protect: 'protect an environment from teardowns, sweeps and the end of its lease',
      unprotect: 'remove the protection of an environment',
    },
    env,
  ),
  ...entriesOf(
    'pool',
    {
      create: 'create a pool without a notebook',
      list: 'list pools',
      show: 'show a pool',
      delete: 'delete a pool that no environment owns',
    },
    pool,
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
    notebook,
  ),
  ...entriesOf('image', { list: 'list images' }, image),
  ...entriesOf('flavor', { list: 'list flavors with their sale status' }, flavor),
  ...entriesOf('network', { list: 'list networks', show: 'show a network' }, network),
  ...entriesOf(null, { audit: 'show the owner and cost of every resource' }, audit),
  ...entriesOf('audit', { adopt: 'give an orphan a lease that owns it' }, audit),
  ...entriesOf(
    'sweep',
    {
      plan: 'list the resources to delete, with reasons; deletes nothing',
      apply: 'delete the resources in a plan',
    },
    sweep,
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
    schedule,
  ),
];
