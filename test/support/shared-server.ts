import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { startTemporalServer } from '../../src/dev/temporal-server.js';
import { ensureSearchAttributes } from '../../src/worker/search-attributes.js';
import { makeWorkflowBundle } from '../../src/workflows/bundle.js';
import { variables } from './temporal-server.js';

/** Starts what int and e2e tests share, and answers how to stop it. */
export async function startShared(): Promise<() => Promise<void>> {
  const onProgress = (line: string) => process.stderr.write(`temporal server: ${line}\n`);
  const server = await startTemporalServer({ env: process.env, onProgress });
  const folder = await mkdtemp(path.join(tmpdir(), 'modelarts-ops-test-'));
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await prepareNamespace(server.address, server.namespace);
    const bundle = path.join(folder, 'workflow-bundle.js');
    await writeFile(bundle, await makeWorkflowBundle());
    process.env[variables.address] = server.address;
    process.env[variables.namespace] = server.namespace;
    process.env[variables.bundle] = bundle;
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A server of `TEMPORAL_ADDRESS` may not have our search attributes yet. */
async function prepareNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await ensureSearchAttributes(connection, namespace);
  } finally {
    await connection.close();
  }
}
