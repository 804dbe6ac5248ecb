/** An access key; a temporary one has a security token and an end. */
export interface AccessKey {
  readonly ak: string;
  readonly sk: string;
  readonly securityToken?: string;
  /** Client-time milliseconds. */
  readonly expiresAt?: number;
}

/** A user of the simulated account, with everything that may identify it. */
export interface SimUser {
  readonly id: string;
  readonly name: string;
  readonly password: string;
  readonly domainId: string;
  readonly domainName: string;
  /** Ready tokens, taken besides the issued ones; they never end. */
  readonly tokens: readonly string[];
  readonly keys: readonly AccessKey[];
}

/**
 * The users that exist by default. These values open nothing but the simulator, so printing them is safe;
 * they say so themselves, for whoever meets them in a log.
 */
export const DEFAULT_USERS: readonly SimUser[] = [
  {
    id: '15dda26361214ca2a5953917d2f48ffb',
    name: 'ops',
    password: 'simulator-only-password',
    domainId: '75fef1f8a9d64d0cb8de795599185b48',
    domainName: 'example_domain',
    tokens: ['simulator-only-token'],
    keys: [
      { ak: 'SIMULATORONLYKEY0001', sk: 'simulator-only-secret-key-0000000000001' },
      {
        ak: 'SIMULATORONLYKEY0002',
        sk: 'simulator-only-secret-key-0000000000002',
        securityToken: 'simulator-only-security-token',
      },
    ],
  },
  {
    id: '2f0c4a7be5a14f52a8f6a3f1d0b9c8e7',
    name: 'neighbour',
    password: 'simulator-only-password-2',
    domainId: '75fef1f8a9d64d0cb8de795599185b48',
    domainName: 'example_domain',
    tokens: ['simulator-only-neighbour-token'],
    keys: [{ ak: 'SIMULATORONLYKEY0003', sk: 'simulator-only-secret-key-0000000000003' }],
  },
];
