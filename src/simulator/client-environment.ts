import { DEFAULT_USERS, type SimUser } from './auth/credentials.js';

/** The default project of the simulator. */
export const DEFAULT_PROJECT_ID = '0123456789abcdef0123456789abcdef';

/** The default region of the simulator. */
export const DEFAULT_REGION = 'cn-north-4';

/** Who a client acts as, and how it authenticates. @defaultValue the first default user, by token */
export interface EnvironmentOptions {
  readonly auth?: 'token' | 'keys' | 'temporaryKeys' | 'password';
  readonly projectId?: string;
  readonly region?: string;
  readonly user?: SimUser;
}

/** The environment variables for a client of a simulator (docs/configuration.md). */
export function clientEnvironment(url: string, options: EnvironmentOptions = {}): Record<string, string> {
  const user = options.user ?? DEFAULT_USERS[0];
  if (user === undefined) throw new Error('no user given');
  const region = options.region ?? DEFAULT_REGION;
  return {
    MODELARTS_ENDPOINT: url,
    MODELARTS_PROJECT_ID: options.projectId ?? DEFAULT_PROJECT_ID,
    MODELARTS_REGION: region,
    ...credentials(url, user, region, options.auth ?? 'token'),
  };
}

function credentials(
  url: string,
  user: SimUser,
  region: string,
  auth: NonNullable<EnvironmentOptions['auth']>,
): Record<string, string> {
  switch (auth) {
    case 'token':
      return { MODELARTS_TOKEN: needed(user.tokens[0], `user ${user.name} has no ready token`) };
    case 'keys': {
      const key = needed(
        user.keys.find((item) => item.securityToken === undefined),
        `user ${user.name} has no access key`,
      );
      return { HUAWEICLOUD_SDK_AK: key.ak, HUAWEICLOUD_SDK_SK: key.sk };
    }
    case 'temporaryKeys': {
      const key = needed(
        user.keys.find((item) => item.securityToken !== undefined),
        `user ${user.name} has no temporary key`,
      );
      return {
        HUAWEICLOUD_SDK_AK: key.ak,
        HUAWEICLOUD_SDK_SK: key.sk,
        HUAWEICLOUD_SDK_SECURITY_TOKEN: key.securityToken ?? '',
      };
    }
    case 'password':
      return {
        IAM_ENDPOINT: url,
        OS_USERNAME: user.name,
        OS_PASSWORD: user.password,
        OS_USER_DOMAIN_NAME: user.domainName,
        OS_PROJECT_NAME: region,
      };
  }
}

function needed<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new Error(otherwise);
  return value;
}
