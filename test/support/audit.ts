import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { Phase } from '../../src/contract/phases.js';
import type { SimUser } from '../../src/simulator/auth/credentials.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import { serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { environmentDocument, freshName, poolPart } from '../workflows/documents.js';
import { maops } from './maops.js';
import { historyOf, ownershipStatusOf } from './spoken.js';
import { temporalAddress } from './temporal-server.js';
import { until } from './until.js';

/** Values that nothing else contains, and short enough not to be struck out for their length alone. */
export const secrets = {
  token: 'canary-ready-token-7c1e55',
  accessKey: 'CANARYACCESSKEY00001',
  secretKey: 'canary-secret-key-90fd31',
  temporaryKey: 'CANARYACCESSKEY00002',
  temporarySecret: 'canary-temporary-secret-4bb20a',
  securityToken: 'canary-security-token-e80c77',
  password: 'canary-password-2d9a66',
  mistyped: 'canary-mistyped-secret-5e8d14',
} as const;

/** Named by a second run, which fails for want of it. */
export const missingNetwork = 'network-nowhere';

const user: SimUser = {
  id: '15dda26361214ca2a5953917d2f48ffb',
  name: 'auditor',
  password: secrets.password,
  domainId: '75fef1f8a9d64d0cb8de795599185b48',
  domainName: 'example_domain',
  tokens: [secrets.token],
  keys: [
    { ak: secrets.accessKey, sk: secrets.secretKey },
    { ak: secrets.temporaryKey, sk: secrets.temporarySecret, securityToken: secrets.securityToken },
  ],
};

/** The third look at the pools meets a token that is not taken, and the first notebook does not come up. */
function faultsOf(sent: readonly string[]): readonly Fault[] {
  // A gateway prints what it was sent when it cannot make sense of it.
  const message = `overloaded: X-Auth-Token:${sent.join('|')}, Signature=0123456789abcdef, ${sent.join(' ')}`;
  const body = { json: { error_code: 'ModelArts.9999', error_msg: message } };
  return [
    { operation: 'networks.show', kind: 'status', status: 503, body },
    { operation: 'pools.list', kind: 'unauthorized', nth: 3 },
    { operation: 'notebooks.create', kind: 'notebookFailed', code: 'ModelArts.6203', message: 'no image' },
  ];
}

export const kindsOfCredentials = ['token', 'keys', 'temporaryKeys', 'password'] as const;

export interface Story {
  readonly auth: (typeof kindsOfCredentials)[number];
  /** What the pool's description says. */
  readonly description: string;
  /** Leaves out what does not depend on the kind of credentials. @defaultValue false */
  readonly isShort?: boolean;
  /** @defaultValue the one that all tests share */
  readonly namespace?: string;
  readonly codecKeys?: string;
}

/** What could be read of one run of the main job, wherever it was written. */
export interface Told {
  readonly name: string;
  /** What the command line ran with. */
  readonly env: Readonly<Record<string, string>>;
  /** Everything that the worker and the command line have printed, the URL of `notebook open` apart. */
  readonly printed: string;
  /** Raw histories, and what Temporal said of the runs while they were under way. */
  readonly kept: string;
  /** Tokens that came into being during the run. */
  readonly issued: readonly string[];
}

/** The main job with a failed step that an operator has tried again, looked at from all sides, its teardown, and a run that fails. */
export async function runMainJob(story: Story): Promise<Told> {
  const simulator = createSimulator({ speed: 120, credentials: [user] });
  const served = await serveSimulator(simulator, { port: 0 });
  const { address } = temporalAddress();
  const namespace = story.namespace ?? temporalAddress().namespace;
  const modelarts = clientEnvironment(served.url, { auth: story.auth, user });
  const sent = Object.values(secrets).filter((value) => Object.values(modelarts).includes(value));
  simulator.faults.plan(...faultsOf(sent));
  const env = {
    ...modelarts,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    MAOPS_TASK_QUEUE: `audit-${randomBytes(4).toString('hex')}`,
    MAOPS_POLL_MIN: '150ms',
    MAOPS_POLL_MAX: '400ms',
    MAOPS_CONSISTENCY_WINDOW: '2s',
    MAOPS_MAX_RPS: '100',
    MAOPS_LOG_LEVEL: 'debug',
    MAOPS_CODEC_KEYS: story.codecKeys ?? '',
  };
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const worker = maops(['worker'], env);
  const printed: string[] = [];
  const ownershipStatuses = new Set<string>();
  const say = async (args: readonly string[], given: { code?: number; stdin?: string; variables?: object } = {}) => {
    const command = maops(args, { ...env, ...given.variables }, given.stdin);
    const code = await command.ended;
    expect({ args, code, stderr: command.stderr() }).toMatchObject({ args, code: given.code ?? 0 });
    printed.push(command.stderr());
    return command.stdout();
  };
  const tell = async (...said: Parameters<typeof say>) => void printed.push(await say(...said));
  const name = freshName();
  const reach = (wanted: Phase) =>
    until(`${name} in ${wanted}`, async () => {
      const { phase, text } = await ownershipStatusOf(client, `env/${name}`);
      ownershipStatuses.add(text);
      return phase === wanted;
    });
  try {
    await worker.said(/working on task queue/);
    const document = environmentDocument(name, {
      onFailure: 'ask',
      pool: poolPart({ description: story.description }),
    });
    await tell(['env', 'create', '-f', '-', '--json'], { stdin: JSON.stringify(document) });
    await reach('AwaitingOperator');
    await tell(['env', 'why', name]);
    await tell(['env', 'resolve', name, 'retry', '--reason', 'the image is back']);
    await reach('Ready');
    if (story.isShort !== true) {
      for (const verb of ['show', 'history', 'why']) await tell(['env', verb, `env/${name}`]);
      await tell(['doctor', '--json']);
    }
    const failing = environmentDocument(`${name}-2`, { pool: poolPart({ network: `${missingNetwork}-x` }) });
    await tell(['env', 'create', '-f', '-', '--wait', '--json'], { stdin: JSON.stringify(failing), code: 1 });
    const url = new URL((await say(['notebook', 'open', name])).trim());
    await tell(['env', 'teardown', name, '--yes', '--wait', '--json', '--reason', 'the audit is over']);
    // The simulator answers a wrong signature with the headers that were signed.
    const variables = mistype(modelarts);
    await tell(['pool', 'list', '--debug'], { code: 4, variables });
    await tell(['doctor'], { code: 1, variables });
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    simulator.faults.expectAllHit();
    const ids = ['env', 'lease', 'teardown'].map((kind) => `${kind}/${name}`);
    const kept = await Promise.all([...ids, `env/${name}-2`].map((id) => historyOf(client, id)));
    return {
      name,
      env,
      printed: [...printed, worker.stdout(), worker.stderr()].join('\n'),
      kept: [...kept, ...ownershipStatuses].join('\n'),
      issued: [url.searchParams.get('token') ?? '', ...simulator.state().tokens.map(({ token }) => token)],
    };
  } finally {
    worker.kill('SIGKILL');
    await worker.ended;
    await connection.close();
    await served.close();
  }
}

/** The same variables with a secret that the service does not know, and that nobody may see either. */
function mistype(modelarts: Readonly<Record<string, string>>): Record<string, string> {
  const names = ['MODELARTS_TOKEN', 'HUAWEICLOUD_SDK_SK', 'OS_PASSWORD'].filter((name) => name in modelarts);
  return Object.fromEntries(names.map((name) => [name, secrets.mistyped]));
}
