import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { encode as toBytes, decode as toText } from '@temporalio/common/lib/encoding.js';
import proto from '@temporalio/proto';
import type { CodecKey } from '../config/parsers.js';
import { EncryptedPayloadError } from './errors.js';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** Metadata and layout of an encrypted payload, as in Temporal's own samples. */
const encryptedEncoding = 'binary/encrypted';
const keyIdField = 'encryption-key-id';
const cipherName = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/**
 * Encrypts whole payloads, including metadata, with AES-256-GCM. The first key encrypts; every key decrypts. Without
 * keys an encrypted payload is an error that names its key. Payloads that are not encrypted pass through, so that older
 * runs stay readable.
 */
export function createPayloadCodec(keys: readonly CodecKey[]): PayloadCodec {
  const known = new Map(keys.map(({ id, key }) => [id, createSecretKey(key.reveal(), 'base64')]));
  const [writer] = known;
  return {
    encode: async (payloads) => {
      return await Promise.resolve(writer === undefined ? payloads : payloads.map((one) => encrypt(one, ...writer)));
    },
    // Async, so that an unreadable payload is a rejection.
    decode: async (payloads) => await Promise.resolve(payloads.map((payload) => decrypt(payload, known))),
  };
}

function encrypt(payload: Payload, id: string, key: KeyObject): Payload {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(cipherName, key, iv);
  const plain = PayloadMessage.encode(payload).finish();
  const sealed = [iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()];
  return {
    metadata: { encoding: toBytes(encryptedEncoding), [keyIdField]: toBytes(id) },
    data: new Uint8Array(Buffer.concat(sealed)),
  };
}

function decrypt(payload: Payload, known: ReadonlyMap<string, KeyObject>): Payload {
  if (textIn(payload, 'encoding') !== encryptedEncoding) return payload;
  const id = textIn(payload, keyIdField) ?? '';
  const key = known.get(id);
  if (key === undefined) throw new EncryptedPayloadError(id, { cause: 'missing', known: [...known.keys()] });
  return unseal(Buffer.from(payload.data ?? []), id, key);
}

function unseal(sealed: Buffer, id: string, key: KeyObject): Payload {
  try {
    const decipher = createDecipheriv(cipherName, key, sealed.subarray(0, ivBytes), { authTagLength: tagBytes });
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    const plain = Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()]);
    const { metadata, data, externalPayloads } = PayloadMessage.decode(plain);
    // A copy: a view would move its whole buffer to the workflow's thread.
    return { metadata, data: new Uint8Array(data), externalPayloads };
  } catch {
    throw new EncryptedPayloadError(id, { cause: 'undecipherable' });
  }
}

function textIn(payload: Payload, field: string): string | null {
  const bytes = payload.metadata?.[field];
  return bytes == null ? null : toText(bytes);
}
