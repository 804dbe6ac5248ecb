import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import {
  allVariables,
  ConfigError,
  type Env,
  readClientConfig,
  readConfig,
  readModelArtsConfig,
} from '../../src/config.js';
import { longestHttpTimeoutMs } from '../../src/contract/settings.js';

const project = '0123456789abcdef0123456789abcdef';
const least: Env = { MODELARTS_REGION: 'cn-north-4', MODELARTS_PROJECT_ID: project, MODELARTS_TOKEN: 'tok-secret' };
const noFile = { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' };
const read = (more: Env = {}) => readConfig({ ...noFile, ...least, ...more });

function problemsOf(env: Env): readonly string[] {
  try {
    readConfig({ ...noFile, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration of a worker', () => {
  test('has the documented defaults', () => {
    expect(read()).toMatchObject({
      address: 'localhost:7233',
      namespace: 'default',
      taskQueue: 'modelarts-ops',
      installation: null,
      modelarts: { endpoint: 'https://modelarts.cn-north-4.myhuaweicloud.com', httpTimeoutMs: 15_000, maxRps: 5 },
      settings: {
        pollMinMs: 5_000,
        pollMaxMs: 30_000,
        pollWindowMs: 300_000,
        abnormalGraceMs: 300_000,
        consistencyWindowMs: 120_000,
        httpTimeoutMs: 15_000,
      },
      slots: { calls: 200, waits: 2_000 },
      metricsAddress: null,
      healthAddress: null,
      log: null,
      logLevel: 'info',
    });
  });

  test('reports every problem at once, each with the name of its variable', () => {
    const problems = problemsOf({
      MAOPS_POLL_MIN: '5',
      MAOPS_MAX_RPS: 'many',
      MAOPS_INSTALLATION: 'XYZ',
      MAOPS_LOG: 'xml',
    });
    for (const name of [
      'MODELARTS_REGION',
      'MODELARTS_PROJECT_ID',
      'MODELARTS_TOKEN',
      'MAOPS_POLL_MIN',
      'MAOPS_MAX_RPS',
      'MAOPS_INSTALLATION',
      'MAOPS_LOG',
    ]) {
      expect(problems.filter((problem) => problem.includes(name))).toHaveLength(1);
    }
  });

  test('counts a blank value as unset', () => {
    expect(read({ MAOPS_POLL_MIN: ' ', HUAWEICLOUD_SDK_AK: '', TEMPORAL_ADDRESS: '' })).toEqual(
      expect.objectContaining({ address: 'localhost:7233' }),
    );
  });

  test.each(['5', '5 s', '5x', '-5s', '0s', 'soon'])('refuses %p as a pause between polls', (text) => {
    expect(problemsOf({ ...least, MAOPS_POLL_MIN: text })).toEqual([expect.stringContaining('MAOPS_POLL_MIN')]);
  });

  test.each(['0', '-1', '1.5', 'many', '1e3', '1000000'])('refuses %p as a number of slots', (text) => {
    const problems = problemsOf({ ...least, MAOPS_CALL_SLOTS: text, MAOPS_WAIT_SLOTS: text });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['MAOPS_CALL_SLOTS', 'MAOPS_WAIT_SLOTS']);
  });

  test('reads the size of the worker, and leaves to the machine what is not set', () => {
    expect(read().workflows).toEqual({
      workflowSlots: null,
      workflowThreads: null,
      cachedWorkflows: null,
      stickyTimeoutMs: null,
    });
    const set = { MAOPS_WORKFLOW_SLOTS: '8', MAOPS_WORKFLOW_THREADS: '2', MAOPS_STICKY_TIMEOUT: '1s' };
    expect(read({ ...set, MAOPS_CACHED_WORKFLOWS: '100' }).workflows).toEqual({
      workflowSlots: 8,
      workflowThreads: 2,
      cachedWorkflows: 100,
      stickyTimeoutMs: 1_000,
    });
  });

  test.each([
    ['MAOPS_WORKFLOW_SLOTS', '1'],
    ['MAOPS_WORKFLOW_SLOTS', '1001'],
    ['MAOPS_WORKFLOW_THREADS', '0'],
    ['MAOPS_WORKFLOW_THREADS', '2.5'],
    ['MAOPS_CACHED_WORKFLOWS', '1'],
    ['MAOPS_STICKY_TIMEOUT', '0s'],
  ])('refuses %s=%s', (name, text) => {
    expect(problemsOf({ ...least, [name]: text })).toEqual([expect.stringContaining(name)]);
  });

  test('limits the timeout of a call to what the timeouts of activities leave room for', () => {
    const read = (ms: number) => problemsOf({ ...least, MAOPS_HTTP_TIMEOUT: `${ms}ms` }).length;
    expect([read(longestHttpTimeoutMs), read(longestHttpTimeoutMs + 1), read(0)]).toEqual([0, 1, 1]);
  });

  test('raises the default of the longest pause to the shortest pause', () => {
    expect(read({ MAOPS_POLL_MIN: '2m' }).settings).toMatchObject({ pollMinMs: 120_000, pollMaxMs: 120_000 });
  });

  test('refuses a shortest pause above the longest one', () => {
    expect(problemsOf({ ...least, MAOPS_POLL_MIN: '2m', MAOPS_POLL_MAX: '1m' })).toHaveLength(1);
  });

  test.each([
    ['0.0.0.0:9464', { host: '0.0.0.0', port: 9464 }],
    [':8080', { host: '0.0.0.0', port: 8080 }],
    ['[::1]:8080', { host: '::1', port: 8080 }],
  ])('reads the listen address %p', (text, address) => {
    expect(read({ MAOPS_HEALTH_ADDRESS: text }).healthAddress).toEqual(address);
  });

  test.each(['8080', 'localhost', 'a:b', 'host:70000'])('refuses the listen address %p', (text) => {
    expect(problemsOf({ ...least, MAOPS_METRICS_ADDRESS: text })).toHaveLength(1);
  });

  test('keeps the order of the codec keys', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    expect(read({ MAOPS_CODEC_KEYS: `new:${key}, old:${key}` }).codecKeys.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(problemsOf({ ...least, MAOPS_CODEC_KEYS: 'short:AAAA' })).toHaveLength(1);
  });

  test('prefers a given endpoint to the one of the region', () => {
    expect(read({ MODELARTS_ENDPOINT: 'https://modelarts.eu-de.example.com/' }).modelarts.endpoint).toBe(
      'https://modelarts.eu-de.example.com',
    );
  });

  test.each([
    ['HW_REGION_NAME', 'HW_PROJECT_ID'],
    ['OS_REGION_NAME', 'OS_PROJECT_ID'],
  ])('reads %s and %s too', (region, projectName) => {
    const config = readModelArtsConfig({ [region]: 'r1', [projectName]: project, MODELARTS_TOKEN: 't' });
    expect(config).toMatchObject({
      region: 'r1',
      projectId: project,
      endpoint: 'https://modelarts.r1.myhuaweicloud.com',
    });
  });
});

describe('mistakes in env files', () => {
  const password: Env = {
    IAM_ENDPOINT: 'https://iam.example.com',
    OS_USERNAME: 'u',
    OS_PASSWORD: 'pw-secret ',
    OS_USER_DOMAIN_NAME: 'd',
    OS_PROJECT_NAME: 'r',
  };
  const everything: Env = {
    ...least,
    ...password,
    MODELARTS_TOKEN: undefined,
    TEMPORAL_ADDRESS: 'temporal.example.com:7233',
    TEMPORAL_NAMESPACE: 'ml',
    MAOPS_ACTOR: 'ci',
    MAOPS_POLL_MIN: '1s',
  };

  test.each(allVariables.flatMap(({ names }) => names))(
    'quotes around the value of %s are reported with its name',
    (name) => {
      for (const quote of ['"', "'"]) {
        const problems = problemsOf({ ...least, [name]: `${quote}wr0ng-secret${quote}` });
        expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${name} has quotes`)));
        // A missing profile is reported with its name.
        if (name !== 'TEMPORAL_PROFILE') expect(problems.join()).not.toContain('wr0ng-secret');
      }
    },
  );

  test.each(['TEMPORAL_GRPC_META_TENANT', 'MAOPS_UNKNOWN', 'http_proxy'])(
    'quotes around the value of %s, which is not in the table, are reported too',
    (name) => {
      expect(problemsOf({ ...least, [name]: '"x"' })).toEqual([expect.stringContaining(`${name} has quotes`)]);
    },
  );

  test('a quoted value that is otherwise right has one problem only', () => {
    const quoted = { ...least, MODELARTS_PROJECT_ID: `'${project}'`, MODELARTS_REGION: '"cn-north-4"' };
    expect(problemsOf(quoted)).toHaveLength(2);
  });

  test('quotes in variables of other programs are ignored', () => {
    expect(problemsOf({ ...least, PS1: '"$ "', LS_COLORS: "'x'" })).toEqual([]);
  });

  test('line endings of Windows and surrounding spaces are ignored, except the spaces of a password', () => {
    const windows = Object.fromEntries(
      Object.entries(everything).map(([name, value]) => [name, value && `${value}\r`]),
    );
    const spaced = Object.fromEntries(
      Object.entries(everything).map(([name, value]) => [name, name === 'OS_PASSWORD' ? value : value && ` ${value} `]),
    );
    const shown = (env: Env) => {
      const config = readConfig({ ...noFile, ...env });
      const { credentials } = config.modelarts;
      const secret = credentials.kind === 'password' ? credentials.password.reveal() : null;
      return JSON.stringify([config, config.connectionOptions(), secret]);
    };
    expect(shown(windows)).toBe(shown(everything));
    expect(shown(spaced)).toBe(shown(everything));
    expect(shown(everything)).toContain('pw-secret "');
  });

  test.each<[string, string]>([
    ['MODELARTS_PROJECT_ID', 'cn-north-4'],
    ['HW_PROJECT_ID', `${project}0`],
    ['MODELARTS_REGION', 'CN North-Beijing4'],
    ['MODELARTS_REGION', 'https://modelarts.cn-north-4.myhuaweicloud.com'],
    ['MODELARTS_ENDPOINT', 'modelarts.cn-north-4.myhuaweicloud.com'],
    ['MODELARTS_ENDPOINT', 'localhost:8790'],
    ['MODELARTS_TOKEN', 'two words'],
    ['HUAWEICLOUD_SDK_SK', 'two words'],
    ['TEMPORAL_ADDRESS', 'http://localhost:7233'],
    ['TEMPORAL_ADDRESS', 'localhost:7233/namespaces'],
    ['TEMPORAL_ADDRESS', 'localhost:70000'],
    ['TEMPORAL_API_KEY', 'two words'],
    ['TEMPORAL_TLS', 'enabled'],
    ['TEMPORAL_TLS_CLIENT_CERT_PATH', '/nowhere/cert.pem'],
    ['TEMPORAL_TLS_SERVER_CA_CERT_PATH', '/nowhere/ca.pem'],
    ['TEMPORAL_TLS_CLIENT_KEY_DATA', 'only half of a pair'],
    ['MAOPS_TASK_QUEUE', 'a\nb'],
  ])('%s=%j is reported with its name and without its value', (name, value) => {
    const env = { ...least, MODELARTS_PROJECT_ID: name === 'HW_PROJECT_ID' ? '' : project, [name]: value };
    const problems = problemsOf(env).filter((problem) => problem.startsWith(name));
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join()).not.toContain(value);
  });

  test.each(['localhost', 'localhost:7233', '[::1]:7233', 'ns.account.tmprl.cloud:7233'])(
    '%s is accepted as TEMPORAL_ADDRESS',
    (address) => {
      expect(readClientConfig({ ...noFile, TEMPORAL_ADDRESS: address }).address).toBe(address);
    },
  );
});

describe('credentials', () => {
  const where: Env = { ...noFile, MODELARTS_REGION: 'r', MODELARTS_PROJECT_ID: project };
  const token: Env = { MODELARTS_TOKEN: 'tok-secret' };
  const sdkKeys: Env = { HUAWEICLOUD_SDK_AK: 'ak1', HUAWEICLOUD_SDK_SK: 'sk-secret' };
  const osKeys: Env = { OS_ACCESS_KEY: 'ak3', OS_SECRET_KEY: 'sk-secret' };
  const password: Env = {
    OS_AUTH_URL: 'https://iam.example.com/v3/',
    OS_USERNAME: 'u',
    OS_PASSWORD: 'pw-secret',
    OS_DOMAIN_NAME: 'd',
    OS_PROJECT_NAME: 'r',
  };

  test.each<[string, Env]>([
    ['MODELARTS_TOKEN', { ...token, ...sdkKeys, ...osKeys, ...password }],
    ['HUAWEICLOUD_SDK_AK', { ...sdkKeys, ...osKeys, ...password }],
    ['OS_ACCESS_KEY', { ...osKeys, ...password }],
    ['OS_AUTH_URL', password],
  ])('use the first complete kind in the table: %s', (from, env) => {
    expect(readModelArtsConfig({ ...where, ...env }).credentialsFrom).toBe(from);
  });

  test('include the security token of temporary keys', () => {
    const { credentials } = readModelArtsConfig({ ...where, ...sdkKeys, HUAWEICLOUD_SDK_SECURITY_TOKEN: 'st-secret' });
    expect(credentials.kind === 'aksk' ? credentials.securityToken?.reveal() : null).toBe('st-secret');
  });

  test('by password use the base URL of IAM without its version', () => {
    const { credentials } = readModelArtsConfig({ ...where, ...password });
    expect(credentials).toMatchObject({ kind: 'password', iamEndpoint: 'https://iam.example.com', userDomain: 'd' });
  });

  test.each<[string, Env]>([
    ['HUAWEICLOUD_SDK_SK', { HUAWEICLOUD_SDK_AK: 'ak1' }],
    ['HW_ACCESS_KEY', { HW_SECRET_KEY: 'sk-secret' }],
    ['HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK', { HUAWEICLOUD_SDK_SECURITY_TOKEN: 'st-secret' }],
    ['OS_SECRET_KEY', { ...token, OS_ACCESS_KEY: 'ak3' }],
    ['OS_PASSWORD, OS_USER_DOMAIN_NAME or OS_DOMAIN_NAME', { IAM_ENDPOINT: 'https://i.example.com', OS_USERNAME: 'u' }],
  ])('of an incomplete kind are reported: %s', (missing, env) => {
    expect(problemsOf({ ...where, ...env })).toEqual([expect.stringContaining(missing)]);
  });

  test('never mix two families of variables', () => {
    expect(problemsOf({ ...where, HUAWEICLOUD_SDK_AK: 'ak1', HW_SECRET_KEY: 'sk-secret' })).toHaveLength(2);
  });

  test('ignore the other variables of an openrc file', () => {
    const openrc = { OS_AUTH_URL: 'https://iam.example.com/v3', OS_PROJECT_NAME: 'r', OS_DOMAIN_NAME: 'd' };
    expect(readModelArtsConfig({ ...where, ...sdkKeys, ...openrc }).credentialsFrom).toBe('HUAWEICLOUD_SDK_AK');
  });
});

describe('secrets', () => {
  test('do not appear in a printed or serialised configuration', () => {
    const config = read({
      HUAWEICLOUD_SDK_AK: 'ak1',
      HUAWEICLOUD_SDK_SK: 'sk-secret',
      TEMPORAL_API_KEY: 'api-secret',
      MAOPS_WEBHOOK_SECRET: 'hook-secret',
    });
    for (const shown of [inspect(config, { depth: null }), JSON.stringify(config)]) {
      expect(shown).toContain('cn-north-4');
      expect(shown).not.toContain('-secret');
    }
  });

  test('do not appear in problems, even when set as the wrong variable', () => {
    const wrong = Object.fromEntries(allVariables.flatMap(({ names }) => names.map((name) => [name, 'wr0ng-secret'])));
    // A missing profile is reported with its name.
    const problems = problemsOf({ ...wrong, MODELARTS_PROJECT_ID: ' ', TEMPORAL_PROFILE: '' });
    expect(problems.length).toBeGreaterThan(5);
    expect(problems.join('\n')).not.toContain('wr0ng-secret');
  });
});

describe('the configuration of a client', () => {
  test('needs no variables of ModelArts', () => {
    const config = readClientConfig({
      ...noFile,
      TEMPORAL_ADDRESS: 't:7233',
      TEMPORAL_NAMESPACE: 'n',
      MAOPS_ACTOR: 'ci',
    });
    expect(config).toMatchObject({ address: 't:7233', namespace: 'n', actor: 'ci' });
  });

  test.each([
    ['true', true],
    ['1', true],
    ['Yes', true],
    ['on', true],
    ['false', false],
    ['0', false],
    ['no', false],
    ['OFF', false],
  ])('reads TEMPORAL_TLS=%s', (text, isOn) => {
    const { tls = false } = readClientConfig({ ...noFile, TEMPORAL_TLS: text }).connectionOptions();
    expect(Boolean(tls)).toBe(isOn);
  });

  test.each(['TEMPORAL_TLS', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'])(
    'refuses another word for %s, which the SDK would take as off',
    (name) => {
      expect(() => readClientConfig({ ...noFile, [name]: 'enabled' })).toThrow(`${name} must be true or false`);
    },
  );

  test('passes TLS and the API key to the connection', () => {
    const config = readClientConfig({ ...noFile, TEMPORAL_ADDRESS: 't:7233', TEMPORAL_API_KEY: 'api-secret' });
    expect(config.connectionOptions()).toMatchObject({ address: 't:7233', apiKey: 'api-secret' });
  });
});

describe('the declarations of variables', () => {
  test('contain each name once', () => {
    const names = allVariables.flatMap((row) => row.names);
    expect(new Set(names).size).toBe(names.length);
  });
});
