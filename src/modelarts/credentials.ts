import type { Secret } from './secret.js';

/** A ready-made token, which cannot be renewed. */
export interface TokenCredentials {
  readonly kind: 'token';
  readonly token: Secret;
}

/** An access key pair. A temporary key also has a security token. */
export interface KeyCredentials {
  readonly kind: 'aksk';
  readonly accessKey: string;
  readonly secretKey: Secret;
  readonly securityToken?: Secret | undefined;
}

/**
 * User and password, exchanged for a token that is renewed before it expires (docs/api/notebooks-and-auth.md "4.1 IAM
 * token flow").
 */
export interface PasswordCredentials {
  readonly kind: 'password';
  /** Base URL of IAM, without `/v3`. */
  readonly iamEndpoint: string;
  readonly username: string;
  readonly password: Secret;
  readonly userDomain: string;
  readonly project: { readonly name: string } | { readonly id: string };
}

/** How the client authenticates. */
export type Credentials = TokenCredentials | KeyCredentials | PasswordCredentials;

/** Names the credentials for logs and messages, for example `access key ABCD…`. Shows no secret. */
export function describeCredentials(credentials: Credentials): string {
  switch (credentials.kind) {
    case 'token':
      return 'the token';
    case 'aksk':
      return `access key ${credentials.accessKey.slice(0, 4)}…`;
    case 'password':
      return `user ${credentials.username} of ${credentials.userDomain}`;
  }
}
