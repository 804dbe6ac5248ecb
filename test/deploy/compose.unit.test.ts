import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { commandEntries } from '../../src/client/cli/commands.js';
import { configTable, readConfig } from '../../src/config.js';
import { environment } from '../../src/simulator/environment.js';

const root = path.resolve(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const service = z.looseObject({
  image: z.string().optional(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.unknown()).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string(), required: z.boolean().optional() })).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()).optional(), disable: z.boolean().optional() }).optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  profiles: z.array(z.string()).optional(),
  restart: z.string().optional(),
});
const compose = z
  .looseObject({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.unknown()) })
  .parse(parse(read('docker-compose.yml'), { merge: true }));
const services = Object.entries(compose.services);
const named = (name: string) => service.parse(compose.services[name]);

/** The assignments of an env file; what is behind a # is not one. */
function envFile(file: string): Record<string, string> {
  const lines = read(file)
    .split('\n')
    .filter((line) => /^[A-Z_]+=/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

const dockerfile = read('Dockerfile');
const imageEnvironment = Object.fromEntries(
  [...dockerfile.matchAll(/^(?:ENV|) +([A-Z_]+)=(\S+)/gm)].map(([, name = '', value = '']) => [name, value]),
);
const known = new Set(configTable.flatMap(({ names }) => names));
const healthPort = String(imageEnvironment.MAOPS_HEALTH_ADDRESS).split(':')[1];

describe('the compose file', () => {
  test('pins every image, and none of them to a moving tag', () => {
    const images = services.flatMap(([, { image, build }]) =>
      image !== undefined && build === undefined ? [image] : [],
    );
    expect(images.length).toBeGreaterThan(0);
    for (const image of images) expect(image).toMatch(/:\d+\.\d+(\.\d+)?$/);
  });

  test('uses server and tools of the same version, so that the schema fits', () => {
    const versions = services.flatMap(
      ([, { image }]) => /^temporalio\/(?:server|admin-tools):(.*)$/.exec(image ?? '')?.[1] ?? [],
    );
    expect(versions.length).toBeGreaterThan(2);
    expect(new Set(versions).size).toBe(1);
  });

  test.each(services)('%s mounts only files that exist and volumes that are declared', (_name, { volumes = [] }) => {
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      const isThere = source.startsWith('.') ? existsSync(path.join(root, source)) : source in compose.volumes;
      expect({ source, isThere }).toEqual({ source, isThere: true });
    }
  });

  test.each(services)('%s runs a script that it mounts, if it runs one', (_name, { entrypoint = [], volumes = [] }) => {
    const scripts = entrypoint.filter((word) => word.endsWith('.sh'));
    for (const script of scripts) expect(volumes.some((volume) => volume.split(':')[1] === script)).toBe(true);
  });

  test.each(services)(
    '%s waits for what can answer: a healthy server or a job that ended',
    (_name, { depends_on = {} }) => {
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
    },
  );

  test('starts the parts in the order in which they need each other', () => {
    const order = ['postgres', 'temporal-schema', 'temporal', 'temporal-namespace', 'setup', 'worker'];
    for (const [index, name] of order.entries()) {
      if (index > 0) expect(Object.keys(named(name).depends_on ?? {})).toContain(order[index - 1]);
    }
  });

  test.each(['setup', 'worker', 'simulator'])('%s is a command of maops', (name) => {
    const [verb] = named(name).command ?? [];
    expect(commandEntries.some((entry) => entry.noun === null && entry.verb === verb)).toBe(true);
  });

  test.each(['setup', 'worker'])('%s is given only variables that the configuration knows', (name) => {
    for (const variable of Object.keys(named(name).environment ?? {})) expect(known).toContain(variable);
  });

  test('hands every kind of credentials to the worker', () => {
    const given = Object.keys(named('worker').environment ?? {});
    const needed = ['MODELARTS_TOKEN', 'HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK', 'IAM_ENDPOINT', 'OS_PASSWORD'];
    expect(given).toEqual(expect.arrayContaining(needed));
  });

  test('holds no credentials of its own', () => {
    const secrets = new Set(configTable.filter(({ isSecret }) => isSecret).flatMap(({ names }) => names));
    const given = Object.entries(named('worker').environment ?? {}).filter(([name]) => secrets.has(name));
    expect(given.length).toBeGreaterThan(0);
    for (const [name, value] of given) expect(value).toBe(`\${${name}:-}`);
  });

  test('opens ports to this machine only', () => {
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

  test('gives the worker the time that it needs to stop', () => {
    expect(Number.parseInt(String(named('worker').stop_grace_period), 10)).toBeGreaterThan(30);
  });
});

describe('the image', () => {
  test('is built on glibc, runs node as process 1 and not as root', () => {
    expect(dockerfile).not.toMatch(/^FROM .*alpine/m);
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node", "bin\/maops\.js"\]$/m);
    expect(dockerfile).toMatch(/^USER node$/m);
  });

  test('asks for its health where the worker answers', () => {
    expect(dockerfile).toContain(`http://127.0.0.1:${healthPort}/healthz`);
  });

  test('copies only files that exist and that the builder is sent', () => {
    const sent = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, sources = '']) =>
      sources.split(' '),
    );
    expect(copied.length).toBeGreaterThan(0);
    for (const source of copied) {
      expect(existsSync(path.join(root, source))).toBe(true);
      expect(sent).toContain(source);
    }
  });

  test('sets only variables that the configuration, or Node, knows', () => {
    for (const name of Object.keys(imageEnvironment)) expect(known.has(name) || name.startsWith('NODE_')).toBe(true);
  });

  test('leaves a quarter of its memory to what is not the heap', () => {
    const heap = Number(/max-old-space-size=(\d+)/.exec(dockerfile)?.[1]);
    expect(named('worker').mem_limit).toBe('1g');
    expect(heap / 1_024).toBeLessThanOrEqual(0.8);
  });
});

describe('the env files', () => {
  test('name only variables that something reads', () => {
    const text = read('docker-compose.yml');
    for (const name of [...Object.keys(envFile('.env.example')), ...Object.keys(envFile('deploy/simulator.env'))]) {
      expect(known.has(name) || name === 'COMPOSE_PROFILES' || text.includes(`\${${name}:-`)).toBe(true);
    }
  });

  test('show every variable that must be set, with no secret in it', () => {
    const example = envFile('.env.example');
    expect(Object.keys(example)).toEqual(
      expect.arrayContaining(['MODELARTS_PROJECT_ID', 'MODELARTS_TOKEN', 'OS_PASSWORD']),
    );
    const secrets = configTable.filter(({ isSecret }) => isSecret).flatMap(({ names }) => names);
    for (const name of secrets) expect(example[name] ?? '').toBe('');
  });

  test('of the simulator point a worker at it, and pass every check', () => {
    const settings = envFile('deploy/simulator.env');
    expect(settings).toMatchObject(environment('http://simulator:8790'));
    expect(readConfig(settings, { ignoreTemporalFile: true }).modelarts.endpoint).toBe('http://simulator:8790');
  });
});
