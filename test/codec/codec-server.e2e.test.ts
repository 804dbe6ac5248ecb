import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { endLeaked, maops } from '../support/maops.js';

afterEach(async () => expect(await endLeaked()).toEqual([]));

const key = randomBytes(32).toString('base64');

test('maops codec-server encodes and decodes until SIGTERM, and never prints a key', async () => {
  const args = ['codec-server', '--port', '0', '--json', '--origin', 'https://temporal.example/namespaces'];
  const server = maops(args, { MAOPS_CODEC_KEYS: `may:${key}` });
  await server.waitForOutput(/"url"/);
  const { url, keys, origins } = JSON.parse(server.stdout());
  expect({ url, keys, origins }).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    keys: ['may'],
    origins: ['https://temporal.example'],
  });
  const readable = { metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'InRlYW0tYSI=' };
  const ask = async (path: string, payloads: unknown) => {
    const headers = { 'content-type': 'application/json', origin: 'https://temporal.example' };
    const answer = await fetch(`${url}/${path}`, { method: 'POST', headers, body: JSON.stringify({ payloads }) });
    return ((await answer.json()) as { payloads: unknown[] }).payloads;
  };
  expect(await ask('decode', await ask('encode', [readable]))).toEqual([readable]);
  server.kill('SIGTERM');
  expect(await server.ended).toBe(0);
  expect(server.stdout() + server.stderr()).not.toContain(key);
});

test.each([
  ['no key is set', [], {}, 'MAOPS_CODEC_KEYS is not set'],
  ['a key is too short', [], { MAOPS_CODEC_KEYS: 'may:AAAA' }, 'MAOPS_CODEC_KEYS must be id:base64'],
  ['an origin is not valid', ['--origin', 'null'], { MAOPS_CODEC_KEYS: `may:${key}` }, '--origin null'],
])('maops codec-server exits with 2 when %s', async (_, args, env, message) => {
  const server = maops(['codec-server', ...args], env);
  expect(await server.ended).toBe(2);
  expect(server.stderr()).toContain(message);
});
