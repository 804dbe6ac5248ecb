import { createActivities, waitActivities } from '../../src/activities/index.js';
import { CreationTimes } from '../../src/activities/resource/creation-times.js';
import { WaitLoad } from '../../src/activities/waits.js';
import { failureConverterPath } from '../../src/codec/data-converter.js';
import type { Progress } from '../../src/contract/progress.js';
import type { Settings } from '../../src/contract/settings.js';
import type { PriceTable } from '../../src/domain/price.js';
import { createModelArts } from '../../src/modelarts/client.js';
import type { Credentials } from '../../src/modelarts/credentials.js';
import { Secret } from '../../src/modelarts/secret.js';
import { createWatchers } from '../../src/modelarts/watchers.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import { createFollowingClock } from '../../src/simulator/clock.js';
import type { SimulatorOptions } from '../../src/simulator/options.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import type { SimOptions } from '../temporal-sim/options.js';
import { TemporalSim } from '../temporal-sim/temporal-sim.js';
import type { ActivityTable, WorkerRuntime } from '../temporal-sim/virtual-worker.js';
import type { BundleSource } from '../temporal-sim/workflow-bundle.js';
import { type HttpHooks, virtualNetwork } from './virtual-http.js';
import { type WebhookReceiver, webhookNetwork, webhookSecret } from './virtual-webhooks.js';

/** The product's defaults (docs/configuration.md). */
export const productSettings: Settings = {
  pollMinMs: 5_000,
  pollMaxMs: 30_000,
  pollWindowMs: 300_000,
  abnormalGraceMs: 300_000,
  consistencyWindowMs: 120_000,
  httpTimeoutMs: 15_000,
};

const productWorkflows: BundleSource = {
  entry: 'src/workflows/index.ts',
  folders: ['src/workflows', 'src/contract', 'src/domain', 'src/codec'],
  failureConverterPath: failureConverterPath(false),
};

export const installation = 'abc123';
const endpoint = 'https://modelarts.example.com';

export interface TestbedOptions extends Omit<Partial<SimOptions>, 'workers'> {
  readonly simulator?: Omit<SimulatorOptions, 'clock' | 'speed'>;
  readonly settings?: Partial<Settings>;
  /** Other settings of a later worker, by its number, from 1. @defaultValue the same for all */
  readonly settingsOf?: (worker: number) => Partial<Settings>;
  /** @defaultValue 5, like the product */
  readonly maxRps?: number;
  /** A ready token, or a password whose token is renewed when it is refused. @defaultValue 'token' */
  readonly credentials?: 'token' | 'password';
  readonly prices?: PriceTable;
  readonly http?: HttpHooks;
  /** The receiver of webhooks. @defaultValue one that takes everything */
  readonly webhook?: WebhookReceiver;
  /** One way. @defaultValue 20 ms */
  readonly httpLatencyMs?: number;
}

/** The product's workflows, activities and client against the simulator, all on one virtual clock. */
export interface Testbed {
  readonly temporal: TemporalSim;
  readonly simulator: Simulator;
  readonly settings: Settings;
  /** API calls so far. */
  readonly calls: () => number;
  readonly progress: (workflowId: string) => Promise<Progress>;
  readonly dispose: () => Promise<void>;
}

export async function startTestbed(options: TestbedOptions = {}): Promise<Testbed> {
  const {
    simulator: simulatorOptions,
    settings: changed,
    settingsOf = () => ({}),
    maxRps = 5,
    credentials = 'token',
    http = {},
    httpLatencyMs = 20,
    ...rest
  } = options;
  const settings = { ...productSettings, ...changed };
  let temporal: TemporalSim | null = null;
  const startAt = options.startAt ?? Date.UTC(2026, 0, 1);
  // The simulator is created first, because the server starts a worker at once.
  const clock = createFollowingClock(
    () => temporal?.now() ?? startAt,
    async (ms, signal) => await temporal?.sleep(ms, signal).catch(() => undefined),
  );
  const simulator = createSimulator({ seed: options.seed ?? 1, ...simulatorOptions, clock });
  let calls = 0;
  const workers = (runtime: WorkerRuntime): ActivityTable => {
    const { now, sleep, random, client, shutdown } = runtime;
    const own = { ...settings, ...settingsOf(runtime.worker.number) };
    const adapter = virtualNetwork(simulator, runtime, {
      latencyMs: httpLatencyMs,
      travel: async (ms) => await temporal?.sleep(ms),
      count: () => (calls += 1),
      hooks: http,
      kill: (worker) => temporal?.killWorker(worker),
    });
    const modelarts = createModelArts({
      endpoint,
      projectId: simulator.projectId,
      credentials: credentialsOf(credentials),
      httpTimeoutMs: own.httpTimeoutMs,
      maxRps,
      adapter,
      now,
      sleep,
      random,
    });
    const watching = { pace: own, now, sleep, random, signal: shutdown };
    return createActivities({
      modelarts,
      watchers: createWatchers(modelarts, watching),
      creationTimes: new CreationTimes(),
      temporal: client,
      taskQueue: 'modelarts-ops',
      installation,
      settings: own,
      waitLoad: new WaitLoad(runtime.now),
      prices: options.prices ?? null,
      webhooks: {
        secret: new Secret(webhookSecret),
        adapter: webhookNetwork(runtime, httpLatencyMs, (sent) =>
          options.webhook === undefined ? 200 : options.webhook(sent),
        ),
      },
      shutdown,
      now,
      sleep,
    });
  };
  temporal = await TemporalSim.create({ bundle: productWorkflows, waitActivities, ...rest, startAt, workers });
  const made = temporal;
  return {
    temporal: made,
    simulator,
    settings,
    calls: () => calls,
    progress: (workflowId) => made.query<Progress>(workflowId, 'progress'),
    dispose: () => made.dispose(),
  };
}

function credentialsOf(auth: 'token' | 'password'): Credentials {
  const settings = clientEnvironment(endpoint, { auth });
  if (auth === 'token') return { kind: 'token', token: new Secret(settings.MODELARTS_TOKEN ?? '') };
  return {
    kind: 'password',
    iamEndpoint: endpoint,
    username: settings.OS_USERNAME ?? '',
    password: new Secret(settings.OS_PASSWORD ?? ''),
    userDomain: settings.OS_USER_DOMAIN_NAME ?? '',
    project: { name: settings.OS_PROJECT_NAME ?? '' },
  };
}
