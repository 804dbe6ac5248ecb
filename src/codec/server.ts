import type { Payload, PayloadCodec } from '@temporalio/common';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { EncryptedPayloadError } from './errors.js';

/** A page of a history is one request, and a payload may have 2 MiB before base64. */
const bodyLimit = 64 * 1024 * 1024;

const base64 = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const payload = z.object({ metadata: z.record(z.string(), base64).default({}), data: base64.nullable().default(null) });
const body = z.object({ payloads: z.array(payload).default([]) });

export interface CodecServerOptions {
  readonly codec: PayloadCodec;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /**
   * Origins of the allowed web pages, such as `http://localhost:8233`. Programs send no origin and are always allowed.
   */
  readonly origins: readonly string[];
}

export interface CodecServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves the remote codec protocol of Temporal's UI and CLI: POST `/encode` and `/decode` of payloads. */
export async function serveCodec({ codec, host, port, origins }: CodecServerOptions): Promise<CodecServer> {
  const app = fastify({ bodyLimit, forceCloseConnections: true });
  // Responses contain plain text, so requests from other pages are refused before they are handled.
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined) return;
    if (!origins.includes(origin)) {
      return await reply
        .code(403)
        .send({ message: `origin ${origin} is not allowed. Start the codec server with --origin ${origin}.` });
    }
    allow(request, reply, origin);
    if (request.method === 'OPTIONS') return await reply.code(204).send();
  });
  app.post('/encode', async (request, reply) => await answer(request, reply, (payloads) => codec.encode(payloads)));
  app.post('/decode', async (request, reply) => await answer(request, reply, (payloads) => codec.decode(payloads)));
  const url = await app.listen({ host, port });
  return { url, close: () => app.close() };
}

function allow(request: FastifyRequest, reply: FastifyReply, origin: string): void {
  reply.headers({
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-allow-headers': 'content-type, x-namespace, authorization, authorization-extras',
    'access-control-max-age': '600',
    vary: 'Origin',
  });
  // Browsers require this before a public page may call a private address.
  if (request.headers['access-control-request-private-network'] === 'true') {
    reply.header('access-control-allow-private-network', 'true');
  }
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  work: (payloads: Payload[]) => Promise<Payload[]>,
): Promise<FastifyReply> {
  const parsed = body.safeParse(request.body);
  if (!parsed.success) return await reply.code(400).send({ message: 'the body is not {"payloads": [...]}' });
  try {
    const payloads = await work(parsed.data.payloads);
    return await reply.send({ payloads: payloads.map(written) });
  } catch (error) {
    if (!(error instanceof EncryptedPayloadError)) throw error;
    return await reply.code(400).send({ message: error.message });
  }
}

/** The JSON form of a protobuf payload: bytes are base64. */
function written({ metadata, data }: Payload) {
  const fields: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(metadata ?? {})) fields[name] = toBase64(bytes);
  return { metadata: fields, data: toBase64(data) };
}

function toBase64(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64');
}
