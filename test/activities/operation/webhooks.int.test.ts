import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityDeps } from '../../../src/activities/deps.js';
import { signWebhook, webhookActivities } from '../../../src/activities/operation/webhooks.js';
import type { LeaseEvent } from '../../../src/contract/workflows.js';
import { Secret } from '../../../src/modelarts/secret.js';

const nothing = () => undefined;
const silence = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
const secret = new Secret('hook-secret');
const event: LeaseEvent = {
  id: 'one',
  event: 'lease.warning',
  name: 'team-a',
  workflowId: 'lease/team-a',
  at: '2026-01-01T00:00:00.000Z',
  endsAt: '2026-01-01T02:00:00.000Z',
  maxEndsAt: '2026-01-02T00:00:00.000Z',
  why: 'team-a ends in 2h',
};

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

interface Taken {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** A receiver with given responses, and the requests that it got. */
async function receiver(answer: { status: number; headers?: Record<string, string> }) {
  const taken: Taken[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      taken.push({ request, body });
      response.writeHead(answer.status, { connection: 'close', ...answer.headers }).end('x');
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hooks/a-password`, taken };
}

async function send(url: string, key: Secret | null = secret): Promise<void> {
  const deps = { webhooks: { secret: key }, now: () => 1_700_000_000_123 };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rest is for other activities
  const activities = webhookActivities(deps as ActivityDeps);
  await new MockActivityEnvironment({}, { logger: silence }).run(
    async (input: { url: string; event: LeaseEvent }) => await activities.sendWebhook(input),
    { url, event },
  );
}

describe('sending a webhook', () => {
  test('posts the event as JSON, with a time and a signature over time and body', async () => {
    const { url, taken } = await receiver({ status: 204 });
    await send(url);
    const [one] = taken;
    expect(one?.request).toMatchObject({ method: 'POST', url: '/hooks/a-password' });
    expect(JSON.parse(one?.body ?? '')).toEqual(event);
    expect(one?.request.headers).toMatchObject({
      'content-type': 'application/json',
      'maops-timestamp': '1700000000',
      'maops-signature': signWebhook(secret, '1700000000', one?.body ?? ''),
    });
  });

  test('is sent unsigned without a secret', async () => {
    const { url, taken } = await receiver({ status: 200 });
    await send(url, null);
    expect(taken[0]?.request.headers).not.toHaveProperty('maops-signature');
  });

  test.each([400, 404, 410, 500, 503])('fails on HTTP %i, to be tried again', async (status) => {
    const { url } = await receiver({ status });
    const failure = await send(url).catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: 'ServiceUnavailable', message: expect.stringContaining(`HTTP ${status}`) });
    expect(failure).not.toMatchObject({ nonRetryable: true });
  });

  test('follows no redirect', async () => {
    const other = await receiver({ status: 200 });
    const { url } = await receiver({ status: 307, headers: { location: other.url } });
    await expect(send(url)).rejects.toThrow('HTTP 307');
    expect(other.taken).toEqual([]);
  });

  test('names the host of an unreachable receiver, and neither its path nor the secret', async () => {
    const { url } = await receiver({ status: 200 });
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    const failure = await send(url.replace('http://', 'http://user:word@')).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      message: expect.stringMatching(/^the webhook at 127\.0\.0\.1:\d+ was not delivered/),
    });
    const shown = `${inspect(failure, { depth: 5 })} ${JSON.stringify(failure)}`;
    for (const hidden of ['a-password', 'word@', 'hook-secret']) expect(shown).not.toContain(hidden);
  });
});
