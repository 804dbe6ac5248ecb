import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const root = path.resolve(__dirname, '../..');
export const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const service = z.looseObject({
  image: z.string().optional(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string(), required: z.boolean().optional() })).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()).optional(), disable: z.boolean().optional() }).optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  profiles: z.array(z.string()).optional(),
  restart: z.string().optional(),
});
export type Service = z.output<typeof service>;

const file = z.looseObject({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.unknown()) });
export type ComposeFile = z.output<typeof file>;

type Variables = Readonly<Record<string, string>>;

/** The compose file with its merge keys, and variables as they are written. */
export function writtenCompose(): ComposeFile {
  return file.parse(parse(read('docker-compose.yml'), { merge: true }));
}

/**
 * The compose file as `docker compose` resolves it: variables of the shell or of `.env`, else the default that is
 * written.
 */
export function resolvedCompose(variables: Variables): ComposeFile {
  return file.parse(resolve(parse(read('docker-compose.yml'), { merge: true }), variables));
}

function resolve(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return interpolate(value, variables);
  if (Array.isArray(value)) return value.map((item) => resolve(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner, variables)]));
}

function interpolate(text: string, variables: Variables): string {
  return text.replace(/\$(?:\$|\{([A-Z_]+)(?::-([^}$]*))?\})?/g, (whole, name: string | undefined, otherwise = '') => {
    if (whole === '$$') return '$';
    if (name === undefined) throw new Error(`this test cannot resolve ${text}`);
    return variables[name] || otherwise;
  });
}

/** The services that `docker compose --profile NAME … up` starts. */
export function servicesOf({ services }: ComposeFile, profiles: readonly string[]): Readonly<Record<string, Service>> {
  const isOn = ({ profiles: own = [] }: Service) => own.length === 0 || own.some((name) => profiles.includes(name));
  return Object.fromEntries(Object.entries(services).filter(([, one]) => isOn(one)));
}

/** The assignments of an env file; what is behind a # is not one, and quotes are taken away. */
export function envFile(name: string): Record<string, string> {
  const lines = read(name)
    .split('\n')
    .filter((line) => /^[A-Z_]+=/.test(line));
  return Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf('=')),
      line.slice(line.indexOf('=') + 1).replace(/^(['"])(.*)\1$/, '$2'),
    ]),
  );
}

/** What the image itself sets. */
export function imageEnvironment(): Record<string, string> {
  const matches = [...read('Dockerfile').matchAll(/^(?:ENV|) +([A-Z_]+)=(\S+)/gm)];
  return Object.fromEntries(matches.map(([, name = '', value = '']) => [name, value]));
}
