import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { EncryptedPayloadError } from '../../src/codec/errors.js';
import { createPayloadCodec } from '../../src/codec/payload-codec.js';
import type { CodecKey } from '../../src/config/parsers.js';
import { Secret } from '../../src/modelarts/secret.js';

const newKey = (id: string): CodecKey => ({ id, key: new Secret(randomBytes(32).toString('base64')) });
const may = newKey('may');
const june = newKey('june');

const plain = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const read = (payload: Payload | undefined): unknown => defaultPayloadConverter.fromPayload(payload as Payload);
const text = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('latin1');

describe('the payload codec', () => {
  const values = [
    'text',
    { name: 'team-a', nested: [1, null, 'ü'] },
    '',
    null,
    undefined,
    new Uint8Array([0, 1, 255]),
    new Uint8Array(),
  ];

  test.each(values.map((value) => [inspect(value), value]))('round-trips %s', async (_, value) => {
    const codec = createPayloadCodec([may]);
    const [payload] = await codec.decode(await codec.encode([plain(value)]));
    expect(read(payload)).toEqual(value);
    expect(payload?.metadata?.encoding).toEqual(plain(value).metadata?.encoding);
  });

  test('writes only the encoding, the key id and bytes', async () => {
    const [payload] = await createPayloadCodec([may]).encode([plain('a description')]);
    expect(Object.entries(payload?.metadata ?? {}).map(([name, bytes]) => [name, text(bytes)])).toEqual([
      ['encoding', 'binary/encrypted'],
      ['encryption-key-id', 'may'],
    ]);
    expect(text(payload?.data)).not.toContain('description');
  });

  test('never writes the same bytes twice', async () => {
    const [one, two] = await createPayloadCodec([may]).encode([plain('same'), plain('same')]);
    expect(text(one?.data)).not.toBe(text(two?.data));
  });

  test('encrypts with the first key, and decrypts with every key', async () => {
    const before = await createPayloadCodec([may]).encode([plain('old')]);
    const during = createPayloadCodec([june, may]);
    const after = await during.encode([plain('new')]);
    expect(text(after[0]?.metadata?.['encryption-key-id'])).toBe('june');
    expect((await during.decode([...before, ...after])).map(read)).toEqual(['old', 'new']);
  });

  test('reports the missing key, and the keys that are set', async () => {
    const payloads = await createPayloadCodec([may]).encode([plain('x')]);
    const missing = { name: 'EncryptedPayloadError', keyId: 'may' };
    const decoded = createPayloadCodec([june]).decode(payloads);
    await expect(decoded).rejects.toMatchObject({ ...missing, message: expect.stringContaining('june') });
    await expect(createPayloadCodec([]).decode(payloads)).rejects.toMatchObject(missing);
  });

  test('detects another key with the same id', async () => {
    const payloads = await createPayloadCodec([may]).encode([plain('x')]);
    await expect(createPayloadCodec([newKey('may')]).decode(payloads)).rejects.toThrow(EncryptedPayloadError);
  });

  test('detects every changed byte and missing bytes', async () => {
    const codec = createPayloadCodec([may]);
    const [sealed] = await codec.encode([plain('x')]);
    const data = sealed?.data ?? new Uint8Array();
    for (let index = 0; index < data.length; index += 1) {
      const changed = data.map((byte, at) => (at === index ? byte ^ 1 : byte));
      await expect(codec.decode([{ ...sealed, data: changed }])).rejects.toThrow(EncryptedPayloadError);
    }
    for (const length of [0, 5, 12, 27, data.length - 1]) {
      await expect(codec.decode([{ ...sealed, data: data.slice(0, length) }])).rejects.toThrow(EncryptedPayloadError);
    }
  });

  test('rejects a payload with the id of another key', async () => {
    const codec = createPayloadCodec([may, june]);
    const [sealed] = await codec.encode([plain('x')]);
    const metadata = { ...sealed?.metadata, 'encryption-key-id': Buffer.from('june') };
    await expect(codec.decode([{ ...sealed, metadata }])).rejects.toMatchObject({ keyId: 'june' });
  });

  test('passes other payloads through, with and without keys', async () => {
    const foreign: Payload[] = [
      plain('readable'),
      { metadata: { encoding: Buffer.from('binary/zlib') }, data: new Uint8Array([1]) },
      {},
    ];
    for (const keys of [[], [may]]) expect(await createPayloadCodec(keys).decode(foreign)).toEqual(foreign);
  });

  test('writes the default format without keys', async () => {
    const payloads = [plain('readable')];
    expect(await createPayloadCodec([]).encode(payloads)).toEqual(payloads);
  });

  test('does not reveal its keys when printed', () => {
    const shown = inspect(createPayloadCodec([may]), { depth: 9, showHidden: true });
    expect(shown).not.toContain(may.key.reveal());
  });
});
