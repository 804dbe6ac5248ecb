import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Progress } from '../../src/contract/progress.js';
import { binarySources } from '../../src/dev/temporal-binary.js';
import { environment } from '../../src/simulator/environment.js';
import type { SimulatorOptions } from '../../src/simulator/options.js';
import { serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { freshNamespace } from '../support/fresh-namespace.js';
import { type Maops, maops } from '../support/maops.js';
import { spoken } from '../support/spoken.js';
import { temporalAddress } from '../support/temporal-server.js';
import { until, within } from '../support/until.js';
import { environmentDocument } from '../workflows/documents.js';
import { readPage } from './page.js';
import { openOperatorShell } from './shell.js';

/** How long a page may take on a busy machine; alone on it, seconds. */
export const pageMs = 150_000;

/** The environment that every page speaks of. */
const name = 'team-a';

type Variables = Readonly<Record<string, string>>;

export interface SituationOptions extends SimulatorOptions {
  /** Variables of the workers and of the operator's shell. */
  readonly env?: Variables;
  /** How the workers and the shell sign in to the simulator. @defaultValue a ready token */
  readonly auth?: 'token' | 'keys' | 'password';
  /** A server of the page's own, where the situation needs one. @defaultValue a fresh namespace on the shared one */
  readonly temporal?: { readonly address: string; readonly namespace: string };
  /** Where the operator works; removed at the end. @defaultValue a new one */
  readonly folder?: string;
}

/** A stack of its own in which a page is played: a simulator, a namespace, worker processes, and an operator's shell. */
export interface Situation {
  readonly simulator: Simulator;
  readonly client: Client;
  readonly env: Variables;
  /** Starts a worker process; it takes work when this resolves. */
  worker(change?: Variables): Promise<Maops>;
  /** Starts the main job of `team-a`, or of another name, and leaves its spec as `team-a.yaml` in the operator's folder. */
  start(
    change?: { readonly name?: string; readonly deadlines?: object } & Readonly<Record<string, unknown>>,
  ): Promise<void>;
  /** Kills what the page has started with `&`. */
  killBackground(): Promise<void>;
  /** Tears `team-a` down and waits until nothing of it is left. */
  clear(): Promise<void>;
  /** Waits until a call of `team-a` is tried for the nth time. */
  attempts(count: number): Promise<void>;
  /** Waits until a call of `team-a` that is under way tells of something. */
  heard(words: string): Promise<void>;
  /** Waits until an operation's progress is as wanted, and answers it. */
  until(wanted: (progress: Progress) => boolean, workflowId?: string): Promise<Progress>;
  /** Changes where a flavor is on sale, through the simulator's control plane. */
  setSale(flavor: string, status: 'normal' | 'soldout'): Promise<void>;
  /** Puts or moves a resource of someone else, or in any state (`notebooks`, `notebooks/NAME`). */
  place(what: string, resource: Readonly<Record<string, unknown>>): Promise<void>;
  /** Plays the commands of one section, `Look` or `Act: Wait`; variables given here replace the shell's. */
  play(section: string, change?: Variables): Promise<void>;
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

/** Deadlines that no page meets unless it wants to. */
const deadlines = { pool: '10m', notebook: '10m', capacity: '10m', ask: '10m', undo: '10m' };

const taskQueue = 'modelarts-ops';
const upMs = 30_000;

/** Sets the stage, tells the story, and fails when a command of the page was not run in it. */
export async function playRunbook(
  pageName: string,
  options: SituationOptions,
  story: (situation: Situation) => Promise<void>,
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
    ...environment(served.url, { auth: options.auth ?? 'token' }),
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
  const played = new Set<number>();
  const workers: Maops[] = [];
  try {
    await story({
      simulator,
      client,
      env,
      async worker(change = {}) {
        const started = maops(['worker'], { ...env, ...change });
        workers.push(started);
        await within(upMs, started.said(/working on task queue/), () => `no worker came up: ${started.stderr()}`);
        return started;
      },
      async start(change = {}) {
        const own = change.name ?? name;
        const document = environmentDocument(own, { ...change, deadlines: { ...deadlines, ...change.deadlines } });
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
      async heard(words) {
        await until(`a heartbeat with ${words}`, async () => {
          const { raw } = await client.workflow.getHandle(`env/${name}`).describe();
          return raw.pendingActivities?.some(({ heartbeatDetails }) => spoken(heartbeatDetails).includes(words));
        });
      },
      killBackground: () => shell.killBackground(),
      until: (wanted, workflowId = `env/${name}`) => untilProgress(client, workflowId, wanted),
      setSale: (flavor, status) => control(`flavors/${flavor}/sale`, { status }),
      place: control,
      async play(section, change = {}) {
        const commands = page.commands.filter((command) => command.section === section);
        if (commands.length === 0) throw new Error(`${pageName}.md has no commands under "${section}"`);
        for (const command of commands) {
          await shell.play(pageName, command, { ...env, ...change });
          played.add(command.line);
        }
      },
    });
    const left = page.commands.filter(({ line }) => !played.has(line));
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
  const look = async () => {
    last = await client.workflow
      .getHandle(workflowId)
      .query<Progress>('progress')
      .catch(() => null);
    return last !== null && wanted(last) ? last : null;
  };
  return await until(`${workflowId} as wanted`, look).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${JSON.stringify(last)}`);
  });
}

/** The CLI that a server of our own would be started with. */
async function temporalCli(): Promise<string> {
  const onProgress = () => undefined;
  for (const source of binarySources(process.env)) {
    const found = await source.find(onProgress).catch(() => null);
    if (found !== null) return found;
  }
  throw new Error('no Temporal CLI');
}
