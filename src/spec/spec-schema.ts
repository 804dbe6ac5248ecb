import { z } from 'zod';
import type { Spec, SpecKind } from '../contract/spec.js';
import { parseDuration } from '../domain/duration.js';
import { choice, duration, durationOr, flag, listOf, section } from './field.js';
import { notebookSchema } from './notebook-schema.js';
import { poolSchema } from './pool-schema.js';

const name = z
  .string({ error: 'must be text' })
  .regex(/^[a-z][a-z0-9-]{2,30}[a-z0-9]$/, {
    error: 'must be 4 to 32 characters of a-z, 0-9 and -, with a letter first and no - at the end',
  })
  .describe('Name of the environment, its pool and its notebook');

const defaultMax = '3d';
const defaultWarnings = ['2h', '30m'];

const lease = section(
  {
    ttl: duration.describe('Lifetime of the environment'),
    max: duration
      .exactOptional()
      .describe(`Longest lifetime with extensions. Default: ${defaultMax}, or ttl if that is longer`),
    warnings: listOf(duration, 'durations')
      .exactOptional()
      .describe(
        `How long before the end to send a warning. Default: those of ${defaultWarnings.join(', ')} that are shorter than ttl`,
      ),
    drain: durationOr('forever')
      .exactOptional()
      .describe('How long to wait for jobs on the pool at the end, or forever. May exceed max. Default: 1h'),
    webhook: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).exactOptional(),
  },
  '{ttl: 8h}',
).transform(({ max, warnings, ...written }) => ({
  ...written,
  max: max ?? longest([defaultMax, written.ttl]),
  warnings: longestFirst(warnings ?? defaultWarnings.filter((warning) => length(warning) < length(written.ttl))),
}));

const approval = section(
  {
    required: flag.prefault(true),
    timeout: duration.prefault('24h'),
  },
  '{timeout: 24h}',
);

const deadlines = section(
  {
    pool: duration.prefault('90m').describe('From the create request until the pool is usable'),
    notebook: duration.prefault('20m').describe('From the create request until the notebook runs'),
    capacity: duration.prefault('12h').describe('Wait for capacity while every flavor is sold out'),
    ask: duration.prefault('24h').describe('Wait for a decision of an operator'),
    undo: duration.prefault('30m').describe('Rollback, before it counts as overdue'),
  },
  '{pool: 2h}',
);

const ending = {
  deadlines: deadlines.prefault({}),
  onFailure: choice(['rollback', 'ask', 'keep'])
    .prefault('rollback')
    .describe('ask: wait for a decision of an operator'),
  onCancel: choice(['rollback', 'keep']).prefault('rollback'),
};

const ownership = { lease: lease.exactOptional(), approval: approval.exactOptional() };

/** The document of each workflow type. The output is the normalised spec; the input is published as JSON Schema. */
export const specSchemas = {
  provisionPoolThenLaunchNotebook: section({
    name,
    pool: poolSchema,
    notebook: notebookSchema,
    ...ownership,
    ...ending,
  })
    .transform(nameNotebook)
    .meta({ title: 'An environment: a pool, a notebook on it, a lease' }),
  provisionPool: section({ name, pool: poolSchema, ...ownership, ...ending }).meta({
    title: 'A pool without a notebook',
  }),
  launchNotebook: section({ name, notebook: notebookSchema, ...ending })
    .transform(nameNotebook)
    .meta({ title: 'A notebook on an existing pool or on a public flavor' }),
} satisfies Record<SpecKind, z.ZodType<Spec>>;

function nameNotebook<Written extends { readonly name: string; readonly notebook: { readonly name?: string } }>(
  written: Written,
) {
  return { ...written, notebook: { name: written.name, ...written.notebook } };
}

function longestFirst(durations: readonly string[]): string[] {
  return [...durations].sort((a, b) => length(b) - length(a));
}

function longest(durations: readonly string[]): string {
  return longestFirst(durations)[0] ?? defaultMax;
}

function length(written: string): number {
  return parseDuration(written) ?? 0;
}
