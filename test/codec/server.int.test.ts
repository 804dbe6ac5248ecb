import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createPayloadCodec } from '../../src/codec/payload-codec.js';
import { type CodecServer, serveCodec } from '../../src/codec/server.js';
import { Secret } from '../../src/modelarts/secret.js';

const codec = createPayloadCodec([{ id: 'may', key: new Secret(randomBytes(32).toString('base64')) }]);
const page = 'http://localhost:8233';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const readable = { metadata: { encoding: base64('json/plain') }, data: base64('"team-a"') };

let server: CodecServer;
beforeEach(async () => {
  server = await serveCodec({ codec, host: '127.0.0.1', port: 0, origins: [page] });
});
afterEach(() => server.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-namespace': 'default', ...headers },
    body: JSON.stringify(body),
  });

describe('the codec server', () => {
  test('encodes and decodes requests of the Temporal UI and CLI', async () => {
    const encoded = (await (await post('/encode', { payloads: [readable] })).json()) as { payloads: unknown[] };
    expect(encoded.payloads).toMatchObject([{ metadata: { encoding: base64('binary/encrypted') } }]);
    const answer = await post('/decode', { payloads: [...encoded.payloads, readable] });
    expect([answer.status, await answer.json()]).toEqual([200, { payloads: [readable, readable] }]);
  });

  test('allows the configured origin', async () => {
    const preflight = await fetch(`${server.url}/decode`, {
      method: 'OPTIONS',
      headers: {
        origin: page,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-namespace',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(page);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-namespace');
    const answer = await post('/decode', { payloads: [readable] }, { origin: page });
    expect(answer.headers.get('access-control-allow-origin')).toBe(page);
  });

  test('refuses other origins', async () => {
    const answer = await post('/decode', { payloads: [readable] }, { origin: 'https://other.example' });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(await answer.text()).not.toContain(readable.data);
  });

  test('reports the missing key', async () => {
    const other = {
      metadata: { encoding: base64('binary/encrypted'), 'encryption-key-id': base64('april') },
      data: '',
    };
    const answer = await post('/decode', { payloads: [other] });
    expect([answer.status, await answer.json()]).toEqual([400, { message: expect.stringMatching(/april.*may/) }]);
  });

  test.each([{ payloads: 'none' }, 'text', { payloads: [{ data: 1 }] }])('refuses %j', async (body) => {
    expect((await post('/decode', body)).status).toBe(400);
  });
});
