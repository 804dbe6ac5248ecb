import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { CodecKey } from '../config/parsers.js';
import { createPayloadCodec } from './payload-codec.js';

const extension = new URL(import.meta.url).pathname.endsWith('.ts') ? 'ts' : 'js';

/**
 * The SDK loads failure converters by path, for this process and for the workflow bundle. Neither writes stack traces; the
 * one for encrypted deployments also moves messages into a payload.
 */
export function failureConverterPath(encodesFailures: boolean): string {
  const name = encodesFailures ? 'failure-converter' : 'plain-failure-converter';
  return fileURLToPath(new URL(`./${name}.${extension}`, import.meta.url));
}

/**
 * How everything that talks to Temporal reads and writes payloads. Without keys it writes payloads as Temporal does by
 * default; the codec is there all the same, to say which key is missing when it meets an encrypted payload.
 */
export function createDataConverter(keys: readonly CodecKey[]): DataConverter {
  return {
    payloadCodecs: [createPayloadCodec(keys)],
    failureConverterPath: failureConverterPath(keys.length > 0),
  };
}
