import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { sign } from '../../src/modelarts/auth/signature.js';
import { createModelArts, type ModelArts } from '../../src/modelarts/client.js';
import type { Credentials } from '../../src/modelarts/credentials.js';
import { Secret } from '../../src/modelarts/secret.js';

const projectId = '0123456789abcdef0123456789abcdef';
const notebook = { name: 'n', profile_id: 'p', flavor: 'f', spec: { storage: { type: 'evs' as const } } };

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let modelarts: ModelArts;
let handle: Handler;
let bodies: string[];

function connectTo(endpoint: string, credentials: Credentials = { kind: 'token', token: new Secret('t') }): ModelArts {
  modelarts.close();
  modelarts = createModelArts({ endpoint, projectId, credentials, httpTimeoutMs: 300, maxRps: 10 });
  return modelarts;
}

function portOf(listening: Server): number {
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address.port;
}

const address = () => `http://127.0.0.1:${portOf(server)}`;

beforeEach(async () => {
  bodies = [];
  handle = (_, response) => response.end('{}');
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      handle(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  modelarts = createModelArts({
    endpoint: address(),
    projectId,
    credentials: { kind: 'token', token: new Secret('t') },
    httpTimeoutMs: 300,
    maxRps: 10,
  });
});

afterEach(async () => {
  modelarts.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a response that hangs ends at the time-out', async () => {
  handle = () => undefined;
  await expect(modelarts.notebooks.create(notebook)).rejects.toMatchObject({ kind: 'transport', outcomeUnknown: true });
  await expect(modelarts.pools.list()).rejects.toMatchObject({ kind: 'transport', outcomeUnknown: false });
});

test('a body that hangs ends at the time-out', async () => {
  handle = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
    response.write('{"id":"DE-1",');
  };
  await expect(modelarts.notebooks.create(notebook)).rejects.toMatchObject({ kind: 'transport', outcomeUnknown: true });
});

test('a connection that is lost after the request was sent leaves the outcome unknown', async () => {
  handle = (request) => request.socket.destroy();
  await expect(modelarts.notebooks.create(notebook)).rejects.toMatchObject({
    kind: 'transport',
    outcomeUnknown: true,
    notSent: false,
  });
  expect(bodies).toHaveLength(1);
});

test('a truncated body is a lost response', async () => {
  handle = (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
    response.write('{"id":"DE-1",', () => request.socket.destroy());
  };
  const error = modelarts.notebooks.create(notebook);
  await expect(error).rejects.toMatchObject({ kind: 'transport', outcomeUnknown: true });
});

test('a body that ends too early is malformed', async () => {
  handle = (_, response) => response.end('{"id":"DE-1",');
  await expect(modelarts.notebooks.create(notebook)).rejects.toMatchObject({
    kind: 'malformed',
    outcomeUnknown: true,
    status: 200,
  });
});

test('an HTML page of a proxy is classified by its status', async () => {
  handle = (_, response) => {
    response.writeHead(502, { 'content-type': 'text/html' });
    response.end('<html><head><title>502 Bad Gateway</title></head></html>');
  };
  await expect(modelarts.pools.list()).rejects.toMatchObject({
    kind: 'unavailable',
    status: 502,
    errorCode: null,
  });
  await expect(modelarts.pools.list()).rejects.toThrow('pools.list failed: HTTP 502: 502 Bad Gateway');
});

test('a refused connection proves that nothing was sent', async () => {
  const nobody = createServer();
  await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
  const port = portOf(nobody);
  await new Promise((resolve) => nobody.close(resolve));
  for (const host of ['127.0.0.1', 'localhost']) {
    await expect(connectTo(`http://${host}:${port}`).notebooks.create(notebook)).rejects.toMatchObject({
      kind: 'transport',
      outcomeUnknown: false,
      notSent: true,
    });
  }
});

test('an aborted signal ends the call with its reason', async () => {
  const giving = new AbortController();
  const reason = new Error('worker shutdown');
  handle = () => giving.abort(reason);
  await expect(modelarts.pools.list({}, { signal: giving.signal })).rejects.toBe(reason);
});

test('the received bytes are the signed bytes', async () => {
  const checked: boolean[] = [];
  handle = (request, response, body) => {
    const authorization = request.headers.authorization ?? '';
    const names = /SignedHeaders=([^,]*)/.exec(authorization)?.[1]?.split(';') ?? [];
    const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]));
    const date = String(request.headers['x-sdk-date']);
    const now = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
    const url = new URL(request.url ?? '', `http://${request.headers.host ?? ''}`);
    const again = sign({ method: request.method ?? '', url, headers, body }, { accessKey: 'AK', secretKey: 'SK' }, now);
    checked.push(again.Authorization === authorization);
    response.end('{"id":"DE-1","instance_id":"DE-1","status":"s","instances":[],"metadata":{"name":"p"}}');
  };
  const signing = connectTo(address(), {
    kind: 'aksk',
    accessKey: 'AK',
    secretKey: new Secret('SK'),
    securityToken: new Secret('ST'),
  });
  await signing.notebooks.create({ ...notebook, description: '描述 é 😀' });
  await signing.notebooks.list({ ai_project: "a b~c*(1)'!&=+", workspace_id: '' });
  await signing.notebooks.start("DE 1'(x)");
  await signing.notebooks.delete('DE-1');
  await signing.pools.patch('p', { metadata: { annotations: { 'os.modelarts/description': 'x' } } });
  expect(checked).toEqual([true, true, true, true, true]);
});

test('reads share a connection, and each change has its own', async () => {
  const sockets: unknown[] = [];
  handle = (request, response) => {
    sockets.push(request.socket);
    response.end('{"instances":[],"instance_id":"x"}');
  };
  await modelarts.notebooks.list();
  await modelarts.notebooks.list();
  await modelarts.notebooks.delete('DE-1');
  await modelarts.notebooks.delete('DE-1');
  expect(sockets[0]).toBe(sockets[1]);
  expect(new Set(sockets).size).toBe(3);
});
