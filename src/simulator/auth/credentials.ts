/** An access key. A temporary key also has a security token and an expiry time. */
export interface AccessKey {
  readonly ak: string;
  readonly sk: string;
  readonly securityToken?: string;
  /** Milliseconds since the epoch, in the clients' time. */
  readonly expiresAt?: number;
}

/** A user of the simulated account, with all credentials. */
export interface SimUser {
  readonly id: string;
  readonly name: string;
  readonly password: string;
  readonly domainId: string;
  readonly domainName: string;
  /** Ready-made tokens, which never expire. They are accepted in addition to issued tokens. */
  readonly tokens: readonly string[];
  readonly keys: readonly AccessKey[];
}

/**
 * The default users. The credentials are valid only for the simulator, and their names say so. Printing them is safe.
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
