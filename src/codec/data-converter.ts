import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { CodecKey } from '../config/parsers.js';
import { createPayloadCodec } from './payload-codec.js';

const extension = new URL(import.meta.url).pathname.endsWith('.ts') ? 'ts' : 'js';

/**
 * The SDK loads failure converters by path, into this process and the workflow bundle. Neither writes stack traces. The
 * one for encrypted deployments also moves messages into a payload.
 */
export function failureConverterPath(encodesFailures: boolean): string {
  const name = encodesFailures ? 'failure-converter' : 'plain-failure-converter';
  return fileURLToPath(new URL(`./${name}.${extension}`, import.meta.url));
}

/**
 * Reads and writes payloads for every connection to Temporal. Without keys it writes Temporal's default format, and the
 * codec only reports the missing key of an encrypted payload.
 */
export function createDataConverter(keys: readonly CodecKey[]): DataConverter {
  return {
    payloadCodecs: [createPayloadCodec(keys)],
    failureConverterPath: failureConverterPath(keys.length > 0),
  };
}
