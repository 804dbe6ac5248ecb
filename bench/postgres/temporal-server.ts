import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { freePort } from '../../src/dev/free-port.js';
import { untilUsable } from '../../src/dev/temporal-ready.js';
import { ensureSearchAttributes } from '../../src/worker/search-attributes.js';
import { type Child, startChild } from './child.js';
import { retry } from './retry.js';
import type { ServerBinaries } from './server-binaries.js';

const run = promisify(execFile);
const host = '127.0.0.1';
/** As in docker-compose.yml. */
const historyShards = 4;
const dynamicConfig = fileURLToPath(new URL('../../deploy/dynamic-config.yaml', import.meta.url));
/** Our databases, and the names of their schemas in the tool. */
const databases = [
  { name: 'temporal', schema: 'temporal' },
  { name: 'temporal_visibility', schema: 'visibility' },
] as const;

export interface TemporalOnPostgres {
  readonly address: string;
  readonly namespace: string;
  readonly pid: () => number;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Creates the databases with their schema and the configuration of a server. `start` starts it. */
export async function createTemporal(
  folder: string,
  { server, sqlTool }: ServerBinaries,
  postgresPort: number,
): Promise<TemporalOnPostgres> {
  for (const { name, schema } of databases) {
    const place = ['--plugin', 'postgres12', '--ep', host, '-p', String(postgresPort), '-u', 'temporal', '--db', name];
    await run(sqlTool, [...place, 'create']);
    await run(sqlTool, [...place, 'setup-schema', '-v', '0.0']);
    await run(sqlTool, [...place, 'update-schema', '--schema-name', `postgresql/v12/${schema}`]);
  }
  const ports = await lowPorts(8);
  const config = join(folder, 'config');
  await mkdir(config);
  await copyFile(dynamicConfig, join(config, 'dynamic.yaml'));
  // JSON is YAML.
  await writeFile(join(config, 'bench.yaml'), JSON.stringify(serverConfig(config, ports, postgresPort), null, 2));
  const address = `${host}:${ports[0]}`;
  const namespace = 'default';
  let child: Child | null = null;
  return {
    address,
    namespace,
    pid: () => child?.pid ?? 0,
    start: async () => {
      const words = ['--root', folder, '--config', 'config', '--env', 'bench', '--allow-no-auth', 'start'];
      child = startChild(server, words, { env: process.env, logFile: join(folder, 'server.log') });
      await retry(
        60_000,
        () => setUp(address, namespace),
        () => child?.hasEnded() === true,
      );
      await untilUsable(address, namespace, new AbortController().signal);
    },
    stop: async () => await child?.stop('SIGTERM'),
  };
}

/** Free ports below 32,768, because the schema for PostgreSQL keeps them as `smallint`. */
async function lowPorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const wanted = 10_000 + Math.floor(Math.random() * 20_000);
    if ((await freePort(wanted).catch(() => null)) !== null) ports.add(wanted);
  }
  return [...ports];
}

/** Registers the namespace and our search attributes. Again, it has no effect. */
async function setUp(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '2 s' });
  try {
    const { namespaces } = await connection.workflowService.listNamespaces({});
    const workflowExecutionRetentionPeriod = msToTs('1 day');
    if (!namespaces.some(({ namespaceInfo }) => namespaceInfo?.name === namespace))
      await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    await ensureSearchAttributes(connection, namespace);
  } finally {
    await connection.close();
  }
}

function serverConfig(folder: string, ports: readonly number[], postgresPort: number) {
  const store = (databaseName: string, connections: number) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: `${host}:${postgresPort}`,
      connectProtocol: 'tcp',
      user: 'temporal',
      maxConns: connections,
      maxIdleConns: connections,
      maxConnLifetime: '1h',
    },
  });
  const services = ['frontend', 'matching', 'history', 'worker'].map((service, index) => [
    service,
    { rpc: { grpcPort: ports[2 * index], membershipPort: ports[2 * index + 1], bindOnLocalHost: true } },
  ]);
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: historyShards,
      datastores: { default: store('temporal', 20), visibility: store('temporal_visibility', 10) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: host } },
    services: Object.fromEntries(services),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `${host}:${ports[0]}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: join(folder, 'dynamic.yaml'), pollInterval: '60s' },
  };
}
