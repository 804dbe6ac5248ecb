import type { Credentials } from '../modelarts/credentials.js';
import { Secret } from '../modelarts/secret.js';
import type { EnvReader } from './env.js';
import { credential, iamUrl, plainText } from './settings.js';

/** Credentials with the name of the variable that they were found by; the name may be logged, the credentials not. */
export interface FoundCredentials {
  readonly credentials: Credentials;
  readonly credentialsFrom: string;
}

/** Key pairs as the SDKs and the Terraform providers name them; members of two families are never mixed. */
const keyFamilies = [
  { access: 'HUAWEICLOUD_SDK_AK', secret: 'HUAWEICLOUD_SDK_SK', token: 'HUAWEICLOUD_SDK_SECURITY_TOKEN' },
  { access: 'HW_ACCESS_KEY', secret: 'HW_SECRET_KEY', token: 'HW_SECURITY_TOKEN' },
  { access: 'OS_ACCESS_KEY', secret: 'OS_SECRET_KEY', token: null },
] as const;

const iamNames = ['IAM_ENDPOINT', 'OS_AUTH_URL'] as const;
const domainNames = ['OS_USER_DOMAIN_NAME', 'OS_DOMAIN_NAME'] as const;
/** Only these say that a password is meant: the others of an openrc file are there for other tools too. */
const passwordStarters = ['IAM_ENDPOINT', 'OS_USERNAME', 'OS_PASSWORD'] as const;

/** The first complete kind in the order of docs/configuration.md; half a kind is reported even when another is complete. */
export function readCredentials(reader: EnvReader): FoundCredentials {
  const candidates = [
    readToken(reader),
    ...keyFamilies.map((family) => readKeys(reader, family)),
    readPassword(reader),
  ];
  const found = candidates.filter((candidate) => candidate !== null);
  const first = found.find((candidate) => candidate !== 'half');
  if (first !== undefined) return first;
  if (found.length === 0) {
    reader.problem(
      'no credentials are set: set MODELARTS_TOKEN, or HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, ' +
        'or IAM_ENDPOINT with OS_USERNAME, OS_PASSWORD, OS_USER_DOMAIN_NAME and OS_PROJECT_NAME',
    );
  }
  return { credentials: { kind: 'token', token: new Secret('') }, credentialsFrom: 'none' };
}

/** What was found of one kind: all of it, a part of it, or nothing. */
type Candidate = FoundCredentials | 'half' | null;

function readToken(reader: EnvReader): Candidate {
  if (!reader.has('MODELARTS_TOKEN')) return null;
  const token = reader.read(['MODELARTS_TOKEN'], credential, null);
  if (token === null) return 'half';
  return { credentials: { kind: 'token', token: new Secret(token) }, credentialsFrom: 'MODELARTS_TOKEN' };
}

function readKeys(reader: EnvReader, family: (typeof keyFamilies)[number]): Candidate {
  const accessKey = reader.read([family.access], credential, null);
  const secretKey = reader.read([family.secret], credential, null);
  const securityToken = family.token === null ? null : reader.read([family.token], credential, null);
  if (accessKey !== null && secretKey !== null) {
    const temporary = securityToken === null ? {} : { securityToken: new Secret(securityToken) };
    return {
      credentials: { kind: 'aksk', accessKey, secretKey: new Secret(secretKey), ...temporary },
      credentialsFrom: family.access,
    };
  }
  const present = [family.access, family.secret, family.token].filter((name) => name !== null && reader.has(name));
  if (present.length === 0) return null;
  const absent = [family.access, family.secret].filter((name) => !reader.has(name));
  // Both are there and one of them is wrong, which is reported already.
  if (absent.length === 0) return 'half';
  reader.problem(`${present.join(' and ')} is set, but ${absent.join(' and ')} is not: set both, or neither`);
  return 'half';
}

function readPassword(reader: EnvReader): Candidate {
  if (!passwordStarters.some((name) => reader.has(name))) return null;
  const iamEndpoint = reader.read(iamNames, iamUrl, null);
  const username = reader.read(['OS_USERNAME'], plainText, null);
  // A password may begin or end with a space: it is taken as it is.
  const password = reader.text('OS_PASSWORD');
  const userDomain = reader.read(domainNames, plainText, null);
  const projectName = reader.read(['OS_PROJECT_NAME'], plainText, null);
  if (iamEndpoint !== null && username !== null && password !== null && userDomain !== null && projectName !== null) {
    const project = { name: projectName };
    return {
      credentials: { kind: 'password', iamEndpoint, username, password: new Secret(password), userDomain, project },
      credentialsFrom: reader.nameOf(iamNames) ?? iamNames[0],
    };
  }
  reportMissing(reader);
  return 'half';
}

function reportMissing(reader: EnvReader): void {
  const needed = [iamNames, ['OS_USERNAME'], ['OS_PASSWORD'], domainNames, ['OS_PROJECT_NAME']];
  const absent = needed.filter((names) => reader.nameOf(names) === null).map((names) => names.join(' or '));
  if (absent.length === 0) return;
  const present = passwordStarters.filter((name) => reader.has(name));
  reader.problem(`${present.join(', ')} is set for a token by password, but these are not: ${absent.join(', ')}`);
}
