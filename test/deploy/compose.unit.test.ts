import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commandEntries } from '../../src/cli/commands.js';
import { allVariables, readConfig } from '../../src/config.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import {
  envFile,
  imageEnvironment as environmentOfImage,
  read,
  resolvedCompose,
  root,
  type Service,
  servicesOf,
  writtenCompose,
} from './compose.js';

const compose = writtenCompose();
const services = Object.entries(compose.services);
const dockerfile = read('Dockerfile');
const imageEnvironment = environmentOfImage();

function named(name: string): Service {
  const one = compose.services[name];
  if (one === undefined) throw new Error(`no service ${name}`);
  return one;
}

const known = new Set(allVariables.flatMap(({ names }) => names));
const healthPort = String(imageEnvironment.MAOPS_HEALTH_ADDRESS).split(':')[1];

describe('the compose file', () => {
  test('pins every image to a fixed version', () => {
    const images = services.flatMap(([, { image, build }]) =>
      image !== undefined && build === undefined ? [image] : [],
    );
    expect(images.length).toBeGreaterThan(0);
    for (const image of images) expect(image).toMatch(/:\d+\.\d+(\.\d+)?$/);
  });

  test('uses the same version of server and tools, for the schema', () => {
    const versions = services.flatMap(
      ([, { image }]) => /^temporalio\/(?:server|admin-tools):(.*)$/.exec(image ?? '')?.[1] ?? [],
    );
    expect(versions.length).toBeGreaterThan(2);
    expect(new Set(versions).size).toBe(1);
  });

  test.each(services)('%s mounts only existing files and declared volumes', (_name, { volumes = [] }) => {
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      const isThere = source.startsWith('.') ? existsSync(path.join(root, source)) : source in compose.volumes;
      expect({ source, isThere }).toEqual({ source, isThere: true });
    }
  });

  test.each(services)('%s mounts the script that it runs', (_name, { entrypoint = [], volumes = [] }) => {
    const scripts = entrypoint.filter((word) => word.endsWith('.sh'));
    for (const script of scripts) expect(volumes.some((volume) => volume.split(':')[1] === script)).toBe(true);
  });

  test.each(services)('%s waits for healthy servers and completed jobs', (_name, { depends_on = {} }) => {
    for (const [target, { condition, required }] of Object.entries(depends_on)) {
      const { healthcheck, restart, profiles } = named(target);
      if (condition === 'service_healthy') expect(healthcheck?.test).toBeDefined();
      else
        expect({ condition, restart }).toEqual({
          condition: 'service_completed_successfully',
          restart: 'on-failure:5',
        });
      if (profiles !== undefined) expect(required).toBe(false);
    }
  });

  test('starts the services in the order of their dependencies', () => {
    const order = ['postgres', 'temporal-schema', 'temporal', 'temporal-namespace', 'setup', 'worker'];
    for (const [index, name] of order.entries()) {
      if (index > 0) expect(Object.keys(named(name).depends_on ?? {})).toContain(order[index - 1]);
    }
  });

  test.each(['setup', 'worker', 'simulator'])('%s is a command of maops', (name) => {
    const [verb] = named(name).command ?? [];
    expect(commandEntries.some((entry) => entry.group === null && entry.verb === verb)).toBe(true);
  });

  test.each(['setup', 'worker'])('%s gets declared variables only', (name) => {
    for (const variable of Object.keys(named(name).environment ?? {})) expect(known).toContain(variable);
  });

  /** What belongs to the container, and what only the embedded server of `maops dev` reads. */
  const fixed = new Set(['MAOPS_HEALTH_ADDRESS', 'MAOPS_METRICS_ADDRESS', 'MAOPS_SIMULATOR', 'MAOPS_TEMPORAL_CLI']);
  const passedOn = [...known].filter((name) => !fixed.has(name));

  test.each(passedOn)('passes %s to the worker', (name) => {
    const { worker } = resolvedCompose({ [name]: 'as-set' }).services;
    expect(worker?.environment?.[name]).toBe('as-set');
  });

  test.each(passedOn.filter((name) => name.startsWith('TEMPORAL_')))('passes %s to the set-up too', (name) => {
    const { setup } = resolvedCompose({ [name]: 'as-set' }).services;
    expect(setup?.environment?.[name]).toBe('as-set');
  });

  test('mounts the folder for files that variables refer to', () => {
    for (const name of ['worker', 'setup']) expect(named(name).volumes).toEqual(['./deploy/files:/files:ro']);
  });

  const workerOf = (variables: Readonly<Record<string, string>>) => {
    const { worker } = servicesOf(resolvedCompose(variables), ['simulator']);
    return readConfig({ ...imageEnvironment, ...worker?.environment }, { ignoreTemporalFile: true });
  };

  test.each([
    ['nothing is set', {}],
    ['.env is the example as it is', { ...envFile('.env.example'), MODELARTS_REGION: '' }],
  ])('has a worker for the simulator when %s', (_what, variables) => {
    const { modelarts, address } = workerOf(variables);
    expect(address).toBe('temporal:7233');
    expect(modelarts).toMatchObject({ endpoint: 'http://simulator:8790', credentialsFrom: 'MODELARTS_TOKEN' });
  });

  test('never mixes an account with the simulator', () => {
    const account = {
      HW_REGION_NAME: 'cn-east-3',
      HW_PROJECT_ID: '1'.repeat(32),
      HW_ACCESS_KEY: 'ak',
      HW_SECRET_KEY: 'sk',
    };
    expect(workerOf(account).modelarts).toMatchObject({
      endpoint: 'https://modelarts.cn-east-3.myhuaweicloud.com',
      credentialsFrom: 'HW_ACCESS_KEY',
    });
    expect(() => workerOf({ MODELARTS_REGION: 'cn-east-3' })).toThrow('MODELARTS_PROJECT_ID');
  });

  test('contains no credentials', () => {
    const secrets = new Set(allVariables.filter(({ isSecret }) => isSecret).flatMap(({ names }) => names));
    const given = Object.entries(named('worker').environment ?? {}).filter(([name]) => secrets.has(name));
    expect(given.length).toBeGreaterThan(0);
    for (const [name, value] of given) expect(value).toBe(`\${${name}:-}`);
  });

  test('publishes ports on the loopback address only', () => {
    for (const port of services.flatMap(([, { ports = [] }]) => ports)) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test('publishes the ports on which the worker and the simulator listen', () => {
    const published = (name: string) => (named(name).ports ?? []).map((port) => port.split(':').at(-1));
    const metricsPort = String(imageEnvironment.MAOPS_METRICS_ADDRESS).split(':')[1];
    expect(published('worker')).toEqual([healthPort, metricsPort]);
    const { command = [], healthcheck } = named('simulator');
    const simulatorPort = command[command.indexOf('--port') + 1];
    expect(published('simulator')).toEqual([simulatorPort]);
    expect(healthcheck?.test?.join(' ')).toContain(`http://127.0.0.1:${simulatorPort}/_sim/healthz`);
  });

  test('gives the worker enough time to stop', () => {
    expect(Number.parseInt(String(named('worker').stop_grace_period), 10)).toBeGreaterThan(30);
  });
});

describe('the image', () => {
  test('is built on glibc, runs node as process 1 and not as root', () => {
    expect(dockerfile).not.toMatch(/^FROM .*alpine/m);
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node", "bin\/maops\.js"\]$/m);
    expect(dockerfile).toMatch(/^USER node$/m);
  });

  test('has its readiness check in the compose file on the port of the worker', () => {
    expect(named('worker').environment?.MAOPS_HEALTH_ADDRESS).toBe(imageEnvironment.MAOPS_HEALTH_ADDRESS);
    expect(named('worker').healthcheck?.test?.join(' ')).toContain(`http://127.0.0.1:${healthPort}/readyz`);
  });

  test('has its liveness check on the port of the worker', () => {
    expect(dockerfile).toContain(`http://127.0.0.1:${healthPort}/healthz`);
  });

  test('copies existing files that are part of the build context', () => {
    const sent = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, sources = '']) =>
      sources.replaceAll('*', '').split(' '),
    );
    expect(copied.length).toBeGreaterThan(0);
    for (const source of copied) {
      expect(existsSync(path.join(root, source))).toBe(true);
      expect(sent).toContain(source);
    }
  });

  test('sets variables of the configuration and of Node.js only', () => {
    for (const name of Object.keys(imageEnvironment)) expect(known.has(name) || name.startsWith('NODE_')).toBe(true);
  });

  test('leaves a quarter of the memory outside the heap', () => {
    const heap = Number(/max-old-space-size=(\d+)/.exec(dockerfile)?.[1]);
    expect(named('worker').mem_limit).toBe('1g');
    expect(heap / 1_024).toBeLessThanOrEqual(0.8);
  });
});

describe('the env files', () => {
  test('contain only variables that are read', () => {
    const text = read('docker-compose.yml');
    for (const name of [...Object.keys(envFile('.env.example')), ...Object.keys(envFile('deploy/simulator.env'))]) {
      expect(known.has(name) || name === 'COMPOSE_PROFILES' || text.includes(`\${${name}:-`)).toBe(true);
    }
  });

  test('contain every required variable, without a secret', () => {
    const example = envFile('.env.example');
    expect(Object.keys(example)).toEqual(
      expect.arrayContaining(['MODELARTS_PROJECT_ID', 'MODELARTS_TOKEN', 'OS_PASSWORD']),
    );
    const secrets = allVariables.filter(({ isSecret }) => isSecret).flatMap(({ names }) => names);
    for (const name of secrets) expect(example[name] ?? '').toBe('');
  });

  test('for the simulator have its defaults', () => {
    const { endpoint, projectId, region, credentials } = readConfig(
      { MAOPS_SIMULATOR: 'http://sim:1' },
      { ignoreTemporalFile: true },
    ).modelarts;
    const { MODELARTS_TOKEN, ...place } = clientEnvironment('http://sim:1');
    expect({ MODELARTS_ENDPOINT: endpoint, MODELARTS_PROJECT_ID: projectId, MODELARTS_REGION: region }).toEqual(place);
    expect(credentials.kind === 'token' ? credentials.token.reveal() : null).toBe(MODELARTS_TOKEN);
  });

  test('for the simulator are a valid worker configuration', () => {
    const settings = envFile('deploy/simulator.env');
    expect(settings).toMatchObject(clientEnvironment('http://simulator:8790'));
    expect(readConfig(settings, { ignoreTemporalFile: true }).modelarts.endpoint).toBe('http://simulator:8790');
  });
});
