import type { Client } from '@temporalio/client';
import type { Settings } from '../contract/settings.js';
import type { PriceTable } from '../domain/price.js';
import type { ModelArts } from '../modelarts/client.js';
import type { Watchers } from '../modelarts/watchers.js';
import type { WebhookDeps } from './operation/webhooks.js';

/** What the activities talk to; built once per worker process. */
export interface ActivityDeps {
  readonly modelarts: ModelArts;
  readonly watchers: Watchers;
  readonly temporal: Pick<Client, 'workflow'>;
  readonly taskQueue: string;
  readonly installation: string;
  readonly settings: Settings;
  readonly webhooks: WebhookDeps;
  /** Null without `MAOPS_PRICES`. */
  readonly prices: PriceTable | null;
  /** Aborted when the worker is told to stop: waits hand over to another worker. */
  readonly shutdown: AbortSignal;
  readonly now: () => number;
  /** Rejects when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}
