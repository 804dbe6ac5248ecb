import type { Client } from '@temporalio/client';
import type { AxiosAdapter } from 'axios';
import type { Settings } from '../contract/settings.js';
import type { PriceTable } from '../domain/price.js';
import type { ModelArts } from '../modelarts/client.js';
import type { Secret } from '../modelarts/secret.js';
import type { Watchers } from '../modelarts/watchers.js';
import type { CreationTimes } from './resource/creation-times.js';
import type { WaitLoad } from './waits.js';

/** How webhooks are sent. */
interface WebhookDeps {
  /** Key that signs every body; null sends them unsigned. */
  readonly secret: Secret | null;
  /** Replaces the network in tests. */
  readonly adapter?: AxiosAdapter;
}

/** The dependencies of the activities, built once per worker process. */
export interface ActivityDeps {
  readonly modelarts: ModelArts;
  readonly watchers: Watchers;
  /** What this worker has learned of earlier creations. */
  readonly creationTimes: CreationTimes;
  readonly temporal: Pick<Client, 'workflow'>;
  readonly taskQueue: string;
  readonly installation: string;
  readonly settings: Settings;
  readonly waitLoad: WaitLoad;
  readonly webhooks: WebhookDeps;
  /** Null without `MAOPS_PRICES`. */
  readonly prices: PriceTable | null;
  /** Aborted when the worker stops: waits hand over to another worker. */
  readonly shutdown: AbortSignal;
  readonly now: () => number;
  /** Rejects when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}
