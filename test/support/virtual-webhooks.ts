import { type AxiosAdapter, AxiosError, AxiosHeaders } from 'axios';
import type { LeaseEvent } from '../../src/contract/workflows.js';
import type { WorkerRuntime } from '../temporal-sim/virtual-worker.js';

/** One webhook as its receiver gets it. */
export interface SentWebhook {
  readonly at: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly event: LeaseEvent;
}

/** Answers with a status; null hangs up. */
export type WebhookReceiver = (sent: SentWebhook) => number | null;

export const webhookSecret = 'a-secret-of-the-tests';

/** Takes the place of the network between a worker and the receivers of webhooks, in virtual time. */
export function webhookNetwork(runtime: WorkerRuntime, latencyMs: number, receive: WebhookReceiver): AxiosAdapter {
  return async (config) => {
    await runtime.sleep(latencyMs, config.signal as AbortSignal | undefined);
    const body = String(config.data);
    const headers = Object.entries(AxiosHeaders.from(config.headers).toJSON()).map(
      ([name, value]) => [name.toLowerCase(), String(value)] as const,
    );
    const event = JSON.parse(body) as LeaseEvent;
    const status = receive({
      at: runtime.now(),
      url: config.url ?? '',
      headers: Object.fromEntries(headers),
      body,
      event,
    });
    await runtime.sleep(latencyMs, config.signal as AbortSignal | undefined);
    if (status === null) throw new AxiosError('socket hang up', 'ECONNRESET', config);
    return { data: '', status, statusText: '', headers: {}, config };
  };
}
