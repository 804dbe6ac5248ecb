import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { NativeConnection } from '@temporalio/worker';
import { openSession } from '../../src/client/connect.js';
import { ServerUnreachableError } from '../../src/client/errors.js';
import { readClientConfig } from '../../src/config.js';
import { freePort } from '../../src/dev/free-port.js';
import { nativeOptions, reasonOf } from '../../src/worker/connect.js';
import { type HttpConnectProxy, openHttpProxy } from '../support/http-proxy.js';
import { temporalAddress } from '../support/temporal-server.js';
import { authority, certifiedName, clientCertificate, openTlsPort } from '../support/tls-port.js';

type Variables = Readonly<Record<string, string>>;

const noFile = { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' };
const plain = temporalAddress().address;
const temporalPort = Number(plain.split(':')[1]);
let tls: Awaited<ReturnType<typeof openTlsPort>>;
let mutual: Awaited<ReturnType<typeof openTlsPort>>;
let web: Server;

beforeAll(async () => {
  tls = await openTlsPort(temporalPort);
  mutual = await openTlsPort(temporalPort, { asksForCertificate: true });
  web = createHttpServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(web, 'listening');
});
afterAll(async () => {
  await tls.close();
  await mutual.close();
  web.close();
});

/** Connects like the command line. The gRPC library reads proxy variables from the process itself. */
async function connected(variables: Variables): Promise<string> {
  const session = await openSession(readClientConfig({ ...noFile, ...variables }));
  try {
    const { namespaceInfo } = await session.connection.workflowService.describeNamespace({ namespace: 'default' });
    return namespaceInfo?.name ?? '';
  } finally {
    await session.operations.close();
  }
}

async function refused(variables: Variables): Promise<ServerUnreachableError> {
  const error: unknown = await connected(variables).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ServerUnreachableError) return error;
  throw error;
}

const trusted = { TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority, TEMPORAL_TLS_SERVER_NAME: certifiedName };
const pair = {
  TEMPORAL_TLS_CLIENT_CERT_PATH: clientCertificate.cert,
  TEMPORAL_TLS_CLIENT_KEY_PATH: clientCertificate.key,
};

describe('settings of TLS that fit', () => {
  test.each<[string, () => Variables]>([
    ['a plain port without TLS', () => ({ TEMPORAL_ADDRESS: plain })],
    ['a TLS port with its authority and name', () => ({ TEMPORAL_ADDRESS: tls.address, ...trusted })],
    [
      'a TLS port that asks for a certificate, with one',
      () => ({ TEMPORAL_ADDRESS: mutual.address, ...trusted, ...pair }),
    ],
  ])('connect: %s', async (_what, variables) => {
    expect(await connected(variables())).toBe('default');
    const config = readClientConfig({ ...noFile, ...variables() });
    await (await NativeConnection.connect(nativeOptions(config))).close();
  });
});

describe('settings of TLS that do not fit', () => {
  test.each<[string, () => Variables, RegExp, RegExp]>([
    [
      'TLS for a plain port',
      () => ({ TEMPORAL_ADDRESS: plain, TEMPORAL_TLS: 'true' }),
      /does not use TLS.*TEMPORAL_TLS /,
      /^Unset TEMPORAL_TLS/,
    ],
    [
      'an API key for a plain port',
      () => ({ TEMPORAL_ADDRESS: plain, TEMPORAL_API_KEY: 'key' }),
      /does not use TLS.*TEMPORAL_API_KEY/,
      /TEMPORAL_TLS=false or unset TEMPORAL_API_KEY/,
    ],
    ['no TLS for a TLS port', () => ({ TEMPORAL_ADDRESS: tls.address }), /requires TLS/, /^Set TEMPORAL_TLS=true/],
    [
      'an API key without TLS',
      () => ({ TEMPORAL_ADDRESS: tls.address, TEMPORAL_API_KEY: 'key', TEMPORAL_TLS: 'false' }),
      /requires TLS/,
      /^Set TEMPORAL_TLS=true/,
    ],
    [
      'an authority that is not known',
      () => ({ TEMPORAL_ADDRESS: tls.address, TEMPORAL_TLS: 'true' }),
      /not trusted/,
      /^Set TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
    ],
    [
      'another name',
      () => ({ TEMPORAL_ADDRESS: tls.address, TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority }),
      /not for 127\.0\.0\.1/,
      /^Set TEMPORAL_TLS_SERVER_NAME/,
    ],
    [
      'no client certificate',
      () => ({ TEMPORAL_ADDRESS: mutual.address, ...trusted }),
      /client certificate/,
      /^Set TEMPORAL_TLS_CLIENT_CERT_PATH/,
    ],
    [
      'a web server',
      () => ({ TEMPORAL_ADDRESS: `127.0.0.1:${portOf(web)}` }),
      /Temporal server/,
      /^Set TEMPORAL_ADDRESS/,
    ],
  ])('are named with the variable to set, by command line and worker: %s', async (_what, variables, reason, advice) => {
    const started = performance.now();
    const error = await refused(variables());
    expect(error.message).toMatch(reason);
    expect(error.hint).toMatch(advice);
    expect(performance.now() - started).toBeLessThan(3_500);
    const config = readClientConfig({ ...noFile, ...variables() });
    expect(await reasonOf(config, new Error('no reason'))).toMatchObject({
      reason: expect.stringMatching(reason),
      advice: expect.stringMatching(advice),
    });
  });
});

describe('a server that is down', () => {
  test('is reported within the 3.5 s that the start of a process leaves of 5', async () => {
    const started = performance.now();
    const error = await refused({ TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` });
    expect(error.message).toContain('ECONNREFUSED');
    expect(performance.now() - started).toBeLessThan(3_500);
  });

  test('is reported too when it accepts connections and sends nothing', async () => {
    const mute = createServer(() => {}).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const started = performance.now();
    const error = await refused({ TEMPORAL_ADDRESS: `127.0.0.1:${portOf(mute)}` });
    expect(error.message).toContain('does not respond');
    expect(performance.now() - started).toBeLessThan(3_500);
    mute.close();
  });
});

describe('an HTTP proxy of the environment', () => {
  const before = { ...process.env };
  const open: HttpConnectProxy[] = [];
  const set = (variables: Variables) => Object.assign(process.env, variables);
  const proxy = async (target: number | null) => {
    const opened = await openHttpProxy(target);
    open.push(opened);
    return opened;
  };
  afterEach(async () => {
    for (const name of ['grpc_proxy', 'https_proxy', 'http_proxy', 'no_proxy', 'no_grpc_proxy'])
      delete process.env[name];
    Object.assign(process.env, before);
    for (const one of open.splice(0)) await one.close();
  });

  test.each(['grpc_proxy', 'https_proxy', 'http_proxy'])('of %s is not used for loopback', async (name) => {
    const { url, asked } = await proxy(null);
    set({ [name]: url });
    for (const host of ['127.0.0.1', 'localhost']) {
      const variables = { TEMPORAL_ADDRESS: `${host}:${temporalPort}`, [name]: url };
      expect(await connected(variables)).toBe('default');
      expect(readClientConfig({ ...noFile, ...variables }).proxy).toBeNull();
    }
    expect(asked).toEqual([]);
  });

  test('connects command line and worker to a remote server', async () => {
    const { url, asked } = await proxy(temporalPort);
    const variables = { TEMPORAL_ADDRESS: 'temporal.invalid:7233', http_proxy: url };
    set({ http_proxy: url });
    expect(await connected(variables)).toBe('default');
    delete process.env.http_proxy;
    const config = readClientConfig({ ...noFile, ...variables });
    await (await NativeConnection.connect(nativeOptions(config))).close();
    expect(new Set(asked)).toEqual(new Set(['temporal.invalid:7233']));
    expect(asked.length).toBeGreaterThan(1);
  });

  test('that refuses is named with its variable and without its password', async () => {
    const { url, address } = await proxy(null);
    const http_proxy = url.replace('http://', 'http://user:proxy-secret@');
    set({ http_proxy });
    const error = await refused({ TEMPORAL_ADDRESS: 'temporal.invalid:7233', http_proxy });
    expect(error.message).toContain(`through the proxy ${address} (http_proxy)`);
    expect(error.message).toContain('HTTP 403');
    expect(error.hint).toContain('http_proxy');
    expect(`${error.message}${error.hint}`).not.toContain('proxy-secret');
  });

  test('is not used for a host in no_proxy', async () => {
    const { url, asked } = await proxy(temporalPort);
    set({ http_proxy: url, no_proxy: '.invalid' });
    const error = await refused({ TEMPORAL_ADDRESS: 'temporal.invalid:7233', http_proxy: url, no_proxy: '.invalid' });
    expect(error.message).not.toContain('proxy');
    expect(asked).toEqual([]);
  });
});

function portOf(server: { address(): unknown }): number {
  return (server.address() as { port: number }).port;
}
