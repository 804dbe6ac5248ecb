import { createHmac } from 'node:crypto';
import { cancellationSignal } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import axios from 'axios';
import { makeFailure } from '../../contract/failures.js';
import type { LeaseEvent } from '../../contract/workflows.js';
import type { Secret } from '../../modelarts/secret.js';
import type { ActivityDeps } from '../deps.js';

const timeoutMs = 10_000;
const mostAnswerBytes = 64 * 1024;

/** `sha256=<hex>`: HMAC of `<timestamp>.<body>` (docs/workflows/lease.md describes the check). */
export function signWebhook(secret: Secret, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret.reveal()).update(`${timestamp}.${body}`).digest('hex')}`;
}

export function webhookActivities(deps: ActivityDeps) {
  const { secret, adapter } = deps.webhooks;

  return {
    /** Posts one event. Temporal retries every error until the time-out, because a receiver may recover. */
    async sendWebhook(input: { url: string; event: LeaseEvent }): Promise<void> {
      const body = JSON.stringify(input.event);
      const timestamp = String(Math.floor(deps.now() / 1_000));
      const signature = secret === null ? {} : { 'maops-signature': signWebhook(secret, timestamp, body) };
      const answered = await axios
        .request({
          method: 'POST',
          url: input.url,
          data: body,
          headers: {
            'content-type': 'application/json',
            'user-agent': 'modelarts-ops',
            'maops-timestamp': timestamp,
            ...signature,
          },
          timeout: timeoutMs,
          signal: cancellationSignal(),
          // A redirect could send the signed body to another host, and proxies in the environment are not part of our
          // configuration.
          maxRedirects: 0,
          proxy: false,
          maxContentLength: mostAnswerBytes,
          responseType: 'text',
          transformRequest: [(data: unknown) => data],
          transformResponse: [(data: unknown) => data],
          validateStatus: () => true,
          ...(adapter === undefined ? {} : { adapter }),
        })
        .then(({ status }) => status, codeOf);
      if (typeof answered === 'number' && answered >= 200 && answered < 300) return;
      throw undelivered(input.url, typeof answered === 'number' ? `HTTP ${answered}` : answered);
    },
  };
}

/** The HTTP library's error contains the whole request, so keep only its code. */
function codeOf(error: unknown): string {
  // The SDK must see its own cancellation, not the HTTP library's.
  cancellationSignal().throwIfAborted();
  return axios.isAxiosError(error) ? (error.code ?? 'no answer') : 'no answer';
}

/** Names only the host: the path of a webhook is often a secret. */
function undelivered(url: string, reason: string): ApplicationFailure {
  const message = `the webhook at ${URL.canParse(url) ? new URL(url).host : 'an unreadable address'} was not delivered: ${reason}`;
  return makeFailure('ServiceUnavailable', message, {}, { retryable: true });
}
