import type { Credentials } from '../modelarts/credentials.js';
import { Secret } from '../modelarts/secret.js';
import type { EnvReader } from './env.js';
import { credential } from './parsers.js';
import { variables } from './variables.js';

/** Credentials and the variable that selected them. The variable may be logged, the credentials must not. */
export interface FoundCredentials {
  readonly credentials: Credentials;
  readonly credentialsFrom: string;
}

/** Access key, secret key and security token of one family. Families are never mixed. */
const keyFamilies = variables.accessKey.names.map((access, index) => ({
  access,
  secret: variables.secretKey.names[index] ?? '',
  token: variables.securityToken.names[index] ?? null,
}));

const passwordVariables = [
  variables.iamEndpoint,
  variables.username,
  variables.password,
  variables.userDomain,
  variables.projectName,
] as const;
/** The other variables of an openrc file are also set for other tools. */
const passwordStarters = ['IAM_ENDPOINT', 'OS_USERNAME', 'OS_PASSWORD'] as const;

/**
 * Returns the first complete kind of credentials, in the order of docs/configuration.md. Reports an incomplete kind in
 * any case.
 */
export function readCredentials(reader: EnvReader): FoundCredentials {
  const candidates = [
    readToken(reader),
    ...keyFamilies.map((family) => readKeys(reader, family)),
    readPassword(reader),
  ];
  const found = candidates.filter((candidate) => candidate !== null);
  const first = found.find((candidate) => candidate !== 'incomplete');
  if (first !== undefined) return first;
  if (found.length === 0) {
    reader.problem(
      'no credentials are set. Set MODELARTS_TOKEN, or HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, ' +
        'or IAM_ENDPOINT with OS_USERNAME, OS_PASSWORD, OS_USER_DOMAIN_NAME and OS_PROJECT_NAME.',
    );
  }
  return { credentials: { kind: 'token', token: new Secret('') }, credentialsFrom: 'none' };
}

/** One kind of credentials; null when none of its variables is set. */
type Candidate = FoundCredentials | 'incomplete' | null;

function readToken(reader: EnvReader): Candidate {
  if (!reader.has(variables.token)) return null;
  const token = reader.read(variables.token);
  if (token === null) return 'incomplete';
  return { credentials: { kind: 'token', token: new Secret(token) }, credentialsFrom: 'MODELARTS_TOKEN' };
}

function readKeys(reader: EnvReader, { access, secret, token }: (typeof keyFamilies)[number]): Candidate {
  const readKey = (name: string | null) =>
    name === null ? null : reader.read({ names: [name], parser: credential, fallback: null });
  const accessKey = readKey(access);
  const secretKey = readKey(secret);
  const securityToken = readKey(token);
  if (accessKey !== null && secretKey !== null) {
    const temporary = securityToken === null ? {} : { securityToken: new Secret(securityToken) };
    return {
      credentials: { kind: 'aksk', accessKey, secretKey: new Secret(secretKey), ...temporary },
      credentialsFrom: access,
    };
  }
  const isSet = (name: string) => reader.text(name) !== null;
  const present = [access, secret, token].filter((name) => name !== null && isSet(name));
  if (present.length === 0) return null;
  const absent = [access, secret].filter((name) => !isSet(name));
  // With both set, one of them is wrong, and `read` has reported it.
  if (absent.length > 0) {
    reader.problem(`${present.join(' and ')} is set without ${absent.join(' and ')}. Set both, or neither.`);
  }
  return 'incomplete';
}

function readPassword(reader: EnvReader): Candidate {
  const present = passwordStarters.filter((name) => reader.text(name) !== null);
  if (present.length === 0) return null;
  const iamEndpoint = reader.read(variables.iamEndpoint);
  const username = reader.read(variables.username);
  // Not `read`, which removes a space at the start or end of the password.
  const password = reader.text('OS_PASSWORD');
  const userDomain = reader.read(variables.userDomain);
  const projectName = reader.read(variables.projectName);
  if (iamEndpoint !== null && username !== null && password !== null && userDomain !== null && projectName !== null) {
    const project = { name: projectName };
    return {
      credentials: { kind: 'password', iamEndpoint, username, password: new Secret(password), userDomain, project },
      credentialsFrom: reader.nameOf(variables.iamEndpoint) ?? 'none',
    };
  }
  const absent = passwordVariables.filter((variable) => !reader.has(variable)).map(({ names }) => names.join(' or '));
  if (absent.length > 0) {
    reader.problem(`${present.join(', ')} is set for password authentication. Also set ${absent.join(', ')}.`);
  }
  return 'incomplete';
}
