import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Progress } from '../../src/contract/progress.js';
import { binarySources } from '../../src/dev/temporal-binary.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import type { SimulatorOptions } from '../../src/simulator/options.js';
import { serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { freshNamespace } from '../support/fresh-namespace.js';
import { type Maops, maops } from '../support/maops.js';
import { textsIn } from '../support/raw-texts.js';
import { temporalAddress } from '../support/temporal-server.js';
import { until, within } from '../support/until.js';
import { currentNotebookPart, environmentDocument, notebookPart } from '../workflows/documents.js';
import { readPage } from './page.js';
import { openOperatorShell } from './shell.js';

/** Time limit of a page on a busy machine. Alone on the machine it takes seconds. */
export const pageMs = 150_000;

/** The notebook of an environment by each API, for pages that hold for both. */
export const bothApis = [
  ['historical', notebookPart()],
  ['current', currentNotebookPart()],
] as const;

/** The environment of every page. */
const name = 'team-a';

type Variables = Readonly<Record<string, string>>;

export interface SituationOptions extends SimulatorOptions {
  /** Variables of the workers and of the operator's shell. */
  readonly env?: Variables;
  /** How the workers and the shell sign in to the simulator. @defaultValue a ready token */
  readonly auth?: 'token' | 'keys' | 'password';
  /** A separate server, if the situation needs one. @defaultValue a fresh namespace on the shared server */
  readonly temporal?: { readonly address: string; readonly namespace: string };
  /** The operator's folder, removed at the end. @defaultValue a new one */
  readonly folder?: string;
}

/** The stack of one page: a simulator, a namespace, worker processes, and an operator's shell. */
export interface Situation {
  readonly simulator: Simulator;
  readonly client: Client;
  readonly env: Variables;
  /** Starts a worker process; it takes work when this resolves. */
  worker(change?: Variables): Promise<Maops>;
  /**
   * Starts the main job of `team-a`, or of another name, and leaves its spec as `team-a.yaml` in the operator's folder.
   * By default its notebook is of the current API at the first call, and of each API in turn after that.
   */
  start(
    change?: { readonly name?: string; readonly deadlines?: object } & Readonly<Record<string, unknown>>,
  ): Promise<void>;
  /** Kills the processes that the page has started with `&`. */
  killBackground(): Promise<void>;
  /** Tears `team-a` down and waits for the end. */
  clear(): Promise<void>;
  /** Waits for the nth attempt of an activity of `team-a`. */
  attempts(count: number): Promise<void>;
  /** Waits for a heartbeat of `team-a` that contains a text. */
  heartbeat(text: string): Promise<void>;
  /** Waits until an operation's progress meets a condition, and returns it. */
  until(wanted: (progress: Progress) => boolean, workflowId?: string): Promise<Progress>;
  /** Puts a flavor on or off sale, through the simulator's control plane. */
  setSale(flavor: string, status: 'normal' | 'soldout'): Promise<void>;
  /** Creates or changes a resource in the simulator (`notebooks`, `notebooks/NAME`), also one of another user. */
  place(what: string, resource: Readonly<Record<string, unknown>>): Promise<void>;
  /** Runs the commands of one section, such as `Diagnose` or `Act: Wait`. `change` replaces variables of the shell. */
  run(section: string, change?: Variables): Promise<void>;
}

const pace = {
  MAOPS_POLL_MIN: '150ms',
  MAOPS_POLL_MAX: '400ms',
  MAOPS_POLL_WINDOW: '5s',
  MAOPS_CONSISTENCY_WINDOW: '2s',
  MAOPS_ABNORMAL_GRACE: '1s',
  MAOPS_HTTP_TIMEOUT: '5s',
  MAOPS_MAX_RPS: '100',
};

/** Deadlines that no page reaches by accident. */
const deadlines = { pool: '10m', notebook: '10m', capacity: '10m', ask: '10m', undo: '10m' };

const taskQueue = 'modelarts-ops';
const upMs = 30_000;

/** Starts the stack, runs the scenario, and fails if a command of the page was not run. */
export async function runRunbook(
  pageName: string,
  options: SituationOptions,
  scenario: (situation: Situation) => Promise<void>,
): Promise<void> {
  const page = readPage(pageName);
  const { address } = options.temporal ?? temporalAddress();
  const namespace = options.temporal?.namespace ?? (await freshNamespace(address, pageName));
  const simulator = createSimulator({ speed: 120, ...options });
  const served = await serveSimulator(simulator, { port: 0 });
  const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), 'maops-runbook-')));
  const shell = await openOperatorShell(folder, await temporalCli());
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const env: Variables = {
    ...clientEnvironment(served.url, { auth: options.auth ?? 'token' }),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    MAOPS_ACTOR: 'operator',
    ...pace,
    ...options.env,
  };
  const control = async (what: string, body: unknown) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${served.url}/_sim/${what}`, init);
    if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
  };
  let starts = 0;
  const executed = new Set<number>();
  const workers: Maops[] = [];
  try {
    await scenario({
      simulator,
      client,
      env,
      async worker(change = {}) {
        const started = maops(['worker'], { ...env, ...change });
        workers.push(started);
        await within(
          upMs,
          started.waitForOutput(/working on task queue/),
          () => `no worker came up: ${started.stderr()}`,
        );
        return started;
      },
      async start(change = {}) {
        const own = change.name ?? name;
        starts += 1;
        const notebook = starts % 2 === 1 ? currentNotebookPart() : notebookPart();
        const limits = { ...deadlines, ...change.deadlines };
        const document = environmentDocument(own, { notebook, ...change, deadlines: limits });
        await shell.write(`${own}.yaml`, JSON.stringify(document, null, 2));
        const start = { workflowId: `env/${own}`, taskQueue, args: [document] };
        await client.workflow.start('provisionPoolThenLaunchNotebook', start);
      },
      async clear() {
        const start = { workflowId: `teardown/${name}`, taskQueue, args: [{ name }] };
        await client.workflow.execute('teardownEnvironment', start);
      },
      async attempts(count) {
        await until(`attempt ${count}`, async () => {
          const { raw } = await client.workflow.getHandle(`env/${name}`).describe();
          return raw.pendingActivities?.some(({ attempt }) => (attempt ?? 0) >= count);
        });
      },
      async heartbeat(text) {
        await until(`a heartbeat with ${text}`, async () => {
          const { raw } = await client.workflow.getHandle(`env/${name}`).describe();
          return raw.pendingActivities?.some(({ heartbeatDetails }) => textsIn(heartbeatDetails).includes(text));
        });
      },
      killBackground: () => shell.killBackground(),
      until: (wanted, workflowId = `env/${name}`) => untilProgress(client, workflowId, wanted),
      setSale: (flavor, status) => control(`flavors/${flavor}/sale`, { status }),
      place: control,
      async run(section, change = {}) {
        const commands = page.commands.filter((command) => command.section === section);
        if (commands.length === 0) throw new Error(`${pageName}.md has no commands under "${section}"`);
        for (const command of commands) {
          await shell.run(pageName, command, { ...env, ...change });
          executed.add(command.line);
        }
      },
    });
    const left = page.commands.filter(({ line }) => !executed.has(line));
    if (left.length > 0)
      throw new Error(left.map(({ line, command }) => `${pageName}.md:${line} is never run: $ ${command}`).join('\n'));
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    await shell.killBackground();
    await connection.close();
    await served.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function untilProgress(
  client: Client,
  workflowId: string,
  wanted: (progress: Progress) => boolean,
): Promise<Progress> {
  let last: Progress | null = null;
  const check = async () => {
    last = await client.workflow
      .getHandle(workflowId)
      .query<Progress>('progress')
      .catch(() => null);
    return last !== null && wanted(last) ? last : null;
  };
  return await until(`${workflowId} as wanted`, check).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${JSON.stringify(last)}`);
  });
}

/** The CLI that `maops dev` would use for its own server. */
async function temporalCli(): Promise<string> {
  const onProgress = () => undefined;
  for (const source of binarySources(process.env)) {
    const found = await source.find(onProgress).catch(() => null);
    if (found !== null) return found;
  }
  throw new Error('no Temporal CLI');
}
