import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { CodecKey } from '../config/settings.js';
import { createPayloadCodec } from './payload-codec.js';

const extension = new URL(import.meta.url).pathname.endsWith('.ts') ? 'ts' : 'js';

/** The SDK loads failure converters by path, for this process and for the workflow bundle. */
export const failureConverterPath = fileURLToPath(new URL(`./failure-converter.${extension}`, import.meta.url));

/**
 * How everything that talks to Temporal reads and writes payloads. Without keys it writes as Temporal does by default;
 * the codec is there all the same, to say which key is missing when it meets an encrypted payload.
 */
export function createDataConverter(keys: readonly CodecKey[]): DataConverter {
  const payloadCodecs = [createPayloadCodec(keys)];
  return keys.length === 0 ? { payloadCodecs } : { payloadCodecs, failureConverterPath };
}
