import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { msToTs } from '@temporalio/common/lib/time.js';
import { NativeConnection } from '@temporalio/worker';
import { freePort } from '../../src/dev/free-port.js';
import { checkNamespace, connectToTemporal } from '../../src/worker/connect.js';
import { createLogger } from '../../src/worker/logging.js';
import { temporalAddress } from '../support/temporal-server.js';

function connecting(address: string, namespace: string, sleep: (ms: number) => Promise<void>) {
  const destination = new PassThrough();
  const options = {
    config: { address, namespace, connectionOptions: () => ({ address }), proxy: null, tlsBy: null },
    logger: createLogger({ format: 'json', level: 'info', destination }),
    signal: new AbortController().signal,
    sleep,
    now: () => 0,
  };
  return { options, log: () => String(destination.read() ?? '') };
}

describe('a worker that starts', () => {
  test('waits with growing pauses for a server that is down, and logs each attempt', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const pauses: number[] = [];
    const { options, log } = connecting(address, 'default', async (ms) => {
      pauses.push(ms);
      if (pauses.length === 3) throw new Error('enough');
    });
    await expect(connectToTemporal(options)).rejects.toThrow('enough');
    expect(pauses).toEqual([500, 1_000, 2_000]);
    const lines = log().trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      pauses.map((pauseMs) => expect.objectContaining({ level: 'warn', address, pauseMs })),
    );
  });

  test('refuses a namespace without the search attributes, and names the command', async () => {
    const { address } = temporalAddress();
    const namespace = 'not-set-up';
    const connection = await NativeConnection.connect({ address });
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    const { options } = connecting(address, namespace, async () => {});
    await expect(checkNamespace(connection, options)).rejects.toThrow(/MaopsEnvironment, .*`maops setup`/);
    await connection.close();
  });

  test('refuses a missing namespace after a grace period', async () => {
    const { address } = temporalAddress();
    const connection = await NativeConnection.connect({ address });
    const { options } = connecting(address, 'nowhere', async () => {});
    let clock = 0;
    const check = checkNamespace(connection, { ...options, now: () => (clock += 4_000) });
    await expect(check).rejects.toThrow(/nowhere.*TEMPORAL_NAMESPACE/);
    await connection.close();
  });
});
