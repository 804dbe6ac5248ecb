import type { AxiosAdapter } from 'axios';
import type { CallRecord } from './call.js';
import type { Credentials } from './credentials.js';
import type { RateGovernor } from './rate-governor.js';
import type { Sleep } from './request-options.js';
import type { Flavors } from './resources/flavors.js';
import type { Networks } from './resources/networks.js';
import type { Notebooks } from './resources/notebooks.js';
import type { Pools } from './resources/pools.js';

/** What a client is made from. */
export interface ModelArtsOptions {
  /** Base URL, for example `https://modelarts.eu-de.otc.t-systems.com`. */
  readonly endpoint: string;
  readonly projectId: string;
  readonly credentials: Credentials;
  /** @defaultValue 15 s */
  readonly httpTimeoutMs?: number | undefined;
  /** Requests per second of this process; a burst may hold one second's worth. @defaultValue 10 */
  readonly maxRps?: number | undefined;
  /** Takes the place of the network, for simulators in the same process. */
  readonly adapter?: AxiosAdapter | undefined;
  readonly now?: (() => number) | undefined;
  readonly sleep?: Sleep | undefined;
  readonly random?: (() => number) | undefined;
  /** Told of every call that was sent; must not throw. */
  readonly onCall?: ((record: CallRecord) => void) | undefined;
  /** Keeps connections of reads open between calls. @defaultValue true */
  readonly httpAgentKeepAlive?: boolean | undefined;
}

/** The ModelArts API, typed. */
export interface ModelArts {
  readonly pools: Pools;
  readonly notebooks: Notebooks;
  readonly flavors: Flavors;
  readonly networks: Networks;
  readonly governor: RateGovernor;
  readonly projectId: string;
  readonly endpoint: string;
  /** Closes open connections; calls under way fail. */
  close(): void;
}
