import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { msToTs } from '@temporalio/common/lib/time.js';
import { NativeConnection } from '@temporalio/worker';
import { freePort } from '../../src/dev/free-port.js';
import { checkNamespace, connectToTemporal } from '../../src/worker/connect.js';
import { createLogger } from '../../src/worker/logging.js';
import { temporalAddress } from '../support/temporal-server.js';

function connecting(address: string, namespace: string, sleep: (ms: number) => Promise<void>) {
  const log = new PassThrough();
  const options = {
    config: { address, namespace, connectionOptions: () => ({ address }), proxy: null, tlsBy: null },
    logger: createLogger({ format: 'json', level: 'info', destination: log }),
    signal: new AbortController().signal,
    sleep,
    now: () => 0,
  };
  return { options, said: () => String(log.read() ?? '') };
}

describe('a worker that starts', () => {
  test('waits with growing pauses for a server that is down, and says so each time', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const pauses: number[] = [];
    const { options, said } = connecting(address, 'default', async (ms) => {
      pauses.push(ms);
      if (pauses.length === 3) throw new Error('enough');
    });
    await expect(connectToTemporal(options)).rejects.toThrow('enough');
    expect(pauses).toEqual([500, 1_000, 2_000]);
    expect(said().match(/cannot be reached/g)).toHaveLength(3);
  });

  test('refuses a namespace that lacks search attributes, and names the cure', async () => {
    const { address } = temporalAddress();
    const namespace = 'not-set-up';
    const connection = await NativeConnection.connect({ address });
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    const { options } = connecting(address, namespace, async () => {});
    await expect(checkNamespace(connection, options)).rejects.toThrow(
      /lacks the search attributes MaopsEnvironment, .*: run `maops setup` once/,
    );
    await connection.close();
  });

  test('refuses a namespace that is not there, once it has had time to appear', async () => {
    const { address } = temporalAddress();
    const connection = await NativeConnection.connect({ address });
    const { options } = connecting(address, 'nowhere', async () => {});
    let clock = 0;
    const check = checkNamespace(connection, { ...options, now: () => (clock += 4_000) });
    await expect(check).rejects.toThrow(`has no namespace nowhere: create it, or set TEMPORAL_NAMESPACE`);
    await connection.close();
  });
});
