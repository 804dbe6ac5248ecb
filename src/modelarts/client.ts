import type { AxiosAdapter } from 'axios';
import type { Authenticator } from './auth/authenticator.js';
import { createTokenIssuer } from './auth/iam.js';
import { createKeyPairAuthenticator } from './auth/key-pair.js';
import { PasswordTokenAuthenticator } from './auth/password-token.js';
import { createReadyTokenAuthenticator } from './auth/ready-token.js';

import type { CallRecord } from './call.js';
import { Connections } from './connections.js';
import type { Credentials } from './credentials.js';
import { Wire } from './http.js';
import { createRateGovernor, type RateGovernor } from './rate-governor.js';
import type { Sleep } from './request-options.js';
import { Flavors } from './resources/flavors.js';
import { Networks } from './resources/networks.js';
import { Notebooks } from './resources/notebooks.js';
import { Pools } from './resources/pools.js';
import { Sender } from './sender.js';
import { realSleep } from './timing.js';
import { HttpTransport } from './transport.js';
import { userAgent } from './user-agent.js';

/** What a client is made from. */
export interface ModelArtsOptions {
  /** Base URL, for example `https://modelarts.eu-de.otc.t-systems.com`. */
  readonly endpoint: string;
  readonly projectId: string;
  readonly credentials: Credentials;
  readonly httpTimeoutMs: number;
  /** Requests per second of this process; a burst may hold one second's worth. */
  readonly maxRps: number;
  /** Takes the place of the network, for simulators in the same process. */
  readonly adapter?: AxiosAdapter | undefined;
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
  /** Measures time-outs too: one that returns early makes every call fail. */
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

function createAuthenticator(
  options: ModelArtsOptions,
  sender: Sender,
  timeoutMs: number,
  now: () => number,
): Authenticator {
  const { credentials } = options;
  switch (credentials.kind) {
    case 'token':
      return createReadyTokenAuthenticator(credentials, now);
    case 'aksk':
      return createKeyPairAuthenticator(credentials, options.projectId, now);
    case 'password':
      return new PasswordTokenAuthenticator(
        credentials,
        createTokenIssuer(credentials, { sender, userAgent, timeoutMs, now }),
        now,
      );
  }
}

/** Builds the client of a process; everything that calls the API should share one, as they share its rate. */
export function createModelArts(options: ModelArtsOptions): ModelArts {
  const { endpoint, projectId, httpTimeoutMs, maxRps } = options;
  const { now = Date.now, sleep = realSleep, random = Math.random } = options;
  const connections = new Connections(options.httpAgentKeepAlive ?? true);
  const wire = new Wire({ adapter: options.adapter, connections, sleep });
  const governor = createRateGovernor({ maxRps, now, sleep, random });
  const sender = new Sender({ wire, governor, now, onCall: options.onCall });
  const authenticator = createAuthenticator(options, sender, httpTimeoutMs, now);
  const transport = new HttpTransport({ endpoint, projectId, userAgent, httpTimeoutMs, sender, authenticator });
  return {
    pools: new Pools(transport),
    notebooks: new Notebooks(transport),
    flavors: new Flavors(transport),
    networks: new Networks(transport),
    governor,
    projectId,
    endpoint,
    close: () => connections.close(),
  };
}
