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
import { historyText, serverViewOf } from './raw-texts.js';
import { temporalAddress } from './temporal-server.js';
import { until } from './until.js';

/** Values that nothing else contains, too short for redaction by length. */
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

/** A second run names it, and fails because it does not exist. */
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

/**
 * The third list of the pools is refused as unauthorized, and the first notebook fails to start. The network is read
 * twice in vain: by the first check, which keeps no error, and by its repetition.
 */
function faultsOf(sent: readonly string[]): readonly Fault[] {
  // A gateway may echo a request that it cannot parse.
  const message = `overloaded: X-Auth-Token:${sent.join('|')}, Signature=0123456789abcdef, ${sent.join(' ')}`;
  const body = { json: { error_code: 'ModelArts.9999', error_msg: message } };
  return [
    { operation: 'networks.show', kind: 'status', status: 503, body, times: 2 },
    { operation: 'pools.list', kind: 'unauthorized', nth: 3 },
    { operation: 'notebooks.create', kind: 'notebookFailed', code: 'ModelArts.6203', message: 'no image' },
  ];
}

export const kindsOfCredentials = ['token', 'keys', 'temporaryKeys', 'password'] as const;

export interface CanaryRunOptions {
  readonly auth: (typeof kindsOfCredentials)[number];
  /** The description of the pool. */
  readonly description: string;
  /** Skips what does not depend on the kind of credentials. @defaultValue false */
  readonly isShort?: boolean;
  /** @defaultValue the shared namespace */
  readonly namespace?: string;
  readonly codecKeys?: string;
}

/** Everything that one run of the main job has written, printed or stored. */
export interface RunRecords {
  readonly name: string;
  /** The environment of the command line. */
  readonly env: Readonly<Record<string, string>>;
  /** The output of worker and command line, except the URL of `notebook open`. */
  readonly printed: string;
  /** Raw histories, and the descriptions of the runs while they were open. */
  readonly kept: string;
  /** Tokens that were issued during the run. */
  readonly issued: readonly string[];
}

/** Runs the main job with a failed and retried step, commands that show it, its teardown, and a failing run. */
export async function runMainJob(options: CanaryRunOptions): Promise<RunRecords> {
  const simulator = createSimulator({ speed: 120, credentials: [user] });
  const served = await serveSimulator(simulator, { port: 0 });
  const { address } = temporalAddress();
  const namespace = options.namespace ?? temporalAddress().namespace;
  const modelarts = clientEnvironment(served.url, { auth: options.auth, user });
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
    MAOPS_CODEC_KEYS: options.codecKeys ?? '',
  };
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const worker = maops(['worker'], env);
  const printed: string[] = [];
  const serverViews = new Set<string>();
  const run = async (args: readonly string[], given: { code?: number; stdin?: string; variables?: object } = {}) => {
    const command = maops(args, { ...env, ...given.variables }, given.stdin);
    const code = await command.ended;
    expect({ args, code, stderr: command.stderr() }).toMatchObject({ args, code: given.code ?? 0 });
    printed.push(command.stderr());
    return command.stdout();
  };
  const record = async (...args: Parameters<typeof run>) => void printed.push(await run(...args));
  const name = freshName();
  const reach = (wanted: Phase) =>
    until(`${name} in ${wanted}`, async () => {
      const { phase, text } = await serverViewOf(client, `env/${name}`);
      serverViews.add(text);
      return phase === wanted;
    });
  try {
    await worker.waitForOutput(/working on task queue/);
    const document = environmentDocument(name, {
      onFailure: 'ask',
      pool: poolPart({ description: options.description }),
    });
    await record(['env', 'create', '-f', '-', '--json'], { stdin: JSON.stringify(document) });
    await reach('AwaitingOperator');
    await record(['env', 'why', name]);
    await record(['env', 'resolve', name, 'retry', '--reason', 'the image is back']);
    await reach('Ready');
    if (options.isShort !== true) {
      for (const verb of ['show', 'history', 'why']) await record(['env', verb, `env/${name}`]);
      await record(['doctor', '--json']);
    }
    const failing = environmentDocument(`${name}-2`, { pool: poolPart({ network: `${missingNetwork}-x` }) });
    await record(['env', 'create', '-f', '-', '--wait', '--json'], { stdin: JSON.stringify(failing), code: 1 });
    const url = new URL((await run(['notebook', 'open', name])).trim());
    await record(['env', 'teardown', name, '--yes', '--wait', '--json', '--reason', 'the audit is over']);
    // The simulator answers a wrong signature with the headers that were signed.
    const variables = mistype(modelarts);
    await record(['pool', 'list', '--debug'], { code: 4, variables });
    await record(['doctor'], { code: 1, variables });
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    simulator.faults.expectAllHit();
    const ids = ['env', 'lease', 'teardown'].map((kind) => `${kind}/${name}`);
    const kept = await Promise.all([...ids, `env/${name}-2`].map((id) => historyText(client, id)));
    return {
      name,
      env,
      printed: [...printed, worker.stdout(), worker.stderr()].join('\n'),
      kept: [...kept, ...serverViews].join('\n'),
      issued: [url.searchParams.get('token') ?? '', ...simulator.state().tokens.map(({ token }) => token)],
    };
  } finally {
    worker.kill('SIGKILL');
    await worker.ended;
    await connection.close();
    await served.close();
  }
}

/** The same variables with a wrong secret, which must not be visible either. */
function mistype(modelarts: Readonly<Record<string, string>>): Record<string, string> {
  const names = ['MODELARTS_TOKEN', 'HUAWEICLOUD_SDK_SK', 'OS_PASSWORD'].filter((name) => name in modelarts);
  return Object.fromEntries(names.map((name) => [name, secrets.mistyped]));
}
