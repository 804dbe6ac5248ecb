import type { AxiosAdapter } from 'axios';
import type { Authenticator } from './auth/authenticator.js';
import { createKeyAuthenticator, createTokenAuthenticator } from './auth/fixed-credentials.js';
import { createTokenIssuer } from './auth/iam.js';
import { PasswordTokenAuthenticator } from './auth/password-token.js';
import type { CallRecord } from './call.js';
import { Connections } from './connections.js';
import type { Credentials } from './credentials.js';
import { createHttp } from './http.js';
import { createRateGovernor, type RateGovernor } from './rate-governor.js';
import { RawReads } from './raw-reads.js';
import type { Sleep } from './request-options.js';
import { CurrentNotebooks } from './resources/current-notebooks.js';
import { Flavors } from './resources/flavors.js';
import { Images } from './resources/images.js';
import { Services, TrainingJobs } from './resources/jobs.js';
import { Networks } from './resources/networks.js';
import { Clusters, Features } from './resources/notebook-service.js';
import { Notebooks } from './resources/notebooks.js';
import { Events, Orders } from './resources/orders.js';
import { Pools } from './resources/pools.js';
import { Workloads } from './resources/workloads.js';
import { Sender } from './sender.js';
import { realSleep } from './timing.js';
import { HttpTransport } from './transport.js';
import { userAgent } from './user-agent.js';

/** The settings of a client. */
export interface ModelArtsOptions {
  /** Base URL, for example `https://modelarts.eu-de.otc.t-systems.com`. */
  readonly endpoint: string;
  readonly projectId: string;
  readonly credentials: Credentials;
  /** How long a call may wait for its response. */
  readonly httpTimeoutMs: number;
  /** Requests per second of this process. A burst may use one second's worth at once. */
  readonly maxRps: number;
  /** Replaces the network, for a simulator in the same process. */
  readonly adapter?: AxiosAdapter | undefined;
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
  /** Also measures time-outs, so a sleep that returns early makes every call fail. */
  readonly sleep?: Sleep | undefined;
  readonly random?: (() => number) | undefined;
  /** Called after every call that was sent. Must not throw. */
  readonly onCall?: ((record: CallRecord) => void) | undefined;
  /** Keeps the connections of reads open between calls. @defaultValue true */
  readonly httpAgentKeepAlive?: boolean | undefined;
}

/** The ModelArts API, typed. */
export interface ModelArts {
  readonly pools: Pools;
  /** The historical API. */
  readonly notebooks: Notebooks;
  readonly currentNotebooks: CurrentNotebooks;
  readonly images: Images;
  readonly features: Features;
  readonly clusters: Clusters;
  readonly flavors: Flavors;
  readonly networks: Networks;
  readonly workloads: Workloads;
  readonly trainingJobs: TrainingJobs;
  readonly services: Services;
  readonly orders: Orders;
  readonly events: Events;
  /** Responses as they are, for diagnosis. */
  readonly raw: RawReads;
  readonly governor: RateGovernor;
  readonly projectId: string;
  readonly endpoint: string;
  /** Closes open connections. Calls in progress fail. */
  close(): void;
}

function createAuthenticator(
  options: ModelArtsOptions,
  sender: Sender,
  timeoutMs: number,
  now: () => number,
): Authenticator {
  const { credentials } = options;
  switch (credentials.kind) {
    case 'token':
      return createTokenAuthenticator(credentials, now);
    case 'aksk':
      return createKeyAuthenticator(credentials, options.projectId, now);
    case 'password':
      return new PasswordTokenAuthenticator(
        credentials,
        createTokenIssuer(credentials, { sender, userAgent, timeoutMs, now }),
        now,
      );
  }
}

/** Creates the client of a process. All callers should share one client, because they share its rate limit. */
export function createModelArts(options: ModelArtsOptions): ModelArts {
  const { endpoint, projectId, httpTimeoutMs, maxRps } = options;
  const { now = Date.now, sleep = realSleep, random = Math.random } = options;
  const connections = new Connections(options.httpAgentKeepAlive ?? true);
  const http = createHttp(options.adapter);
  const governor = createRateGovernor({ maxRps, now, sleep, random });
  const sender = new Sender({ http, connections, sleep, governor, now, onCall: options.onCall });
  const authenticator = createAuthenticator(options, sender, httpTimeoutMs, now);
  const transport = new HttpTransport({ endpoint, projectId, userAgent, httpTimeoutMs, sender, authenticator });
  return {
    pools: new Pools(transport),
    notebooks: new Notebooks(transport),
    currentNotebooks: new CurrentNotebooks(transport),
    images: new Images(transport),
    features: new Features(transport),
    clusters: new Clusters(transport),
    flavors: new Flavors(transport),
    networks: new Networks(transport),
    workloads: new Workloads(transport),
    trainingJobs: new TrainingJobs(transport),
    services: new Services(transport),
    orders: new Orders(transport),
    events: new Events(transport),
    raw: new RawReads(transport),
    governor,
    projectId,
    endpoint,
    close: () => connections.close(),
  };
}
