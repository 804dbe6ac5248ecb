import { z } from 'zod';
import { operationId } from '../contract/ids.js';
import { HOUR, parseDuration } from '../domain/duration.js';
import { isLongerThan, isName, textLimits } from '../domain/text.js';
import { checkDocument } from './document.js';
import { choice, duration, flag, section } from './field.js';
import type { SpecProblem } from './problem.js';

const nameError = 'must be a name of 1 to 64 letters, digits, - and _';
const name = z.string({ error: nameError }).refine(isName, { error: nameError });
const text = z.string({ error: 'must be text' });
const nonEmpty = text.refine((text) => text.trim() !== '', { error: 'must not be empty' });
const atMost = (most: number) => ({
  is: (text: string) => !isLongerThan(text, most),
  error: { error: `must have at most ${most} characters` },
});
const [by, reason] = [atMost(textLimits.by), atMost(textLimits.reason)];
const signature = { by: nonEmpty.refine(by.is, by.error), reason: nonEmpty.refine(reason.is, reason.error) };
const optionalSignature = {
  by: text.refine(by.is, by.error).exactOptional(),
  reason: text.refine(reason.is, reason.error).exactOptional(),
};
const drain = { drain: duration.exactOptional(), withJobs: flag.exactOptional() };
const jobs = { ...drain, ...optionalSignature };
/** Checked elsewhere: the rules of a sweep. */
const anything = z.unknown();
const mapping = z.record(z.string(), z.unknown(), { error: 'must be a mapping' });

const verbs = { notebook: ['start', 'stop', 'renew'], environment: ['protect', 'unprotect'] } as const;

const starts = {
  sweep: section({ what: text, apply: flag.exactOptional(), rules: anything.exactOptional() }),
  teardown: section({ what: text, name, ...drain }),
  provision: section({
    what: text,
    document: mapping.refine((document) => isName(document.name), { error: nameError, path: ['name'] }),
  }),
};

/** The arguments of operations without a spec. */
const checks = {
  teardownEnvironment: checking(
    section({ name, planHash: nonEmpty.exactOptional(), ...jobs }),
    (argument, workflowId) => {
      const unsigned = unsignedJobs(argument);
      if (unsigned.length > 0) return unsigned;
      // Other operations find the teardown of a name by this id.
      const expected = operationId('teardown', argument.name);
      if (workflowId === expected) return [];
      const message = `a teardown of ${argument.name} must have the workflow id ${expected}, not ${workflowId}`;
      return [{ path: 'name', message }];
    },
  ),
  sweepExpired: checking(
    section({
      apply: flag.exactOptional(),
      rules: anything.exactOptional(),
      planHash: nonEmpty.exactOptional(),
      ...optionalSignature,
    }),
  ),
  auditResources: checking(section({ adopt: section({ id: nonEmpty, ...signature }).exactOptional() })),
  changeResource: checking(
    section({
      kind: choice(['notebook', 'environment']),
      name,
      change: choice(['start', 'stop', 'renew', 'protect', 'unprotect']),
      duration: duration.exactOptional(),
      ...signature,
    }),
    ({ kind, change, duration: written }) => {
      const possible: readonly string[] = verbs[kind];
      if (possible.includes(change)) return renewalProblems(change, written);
      return [{ path: 'change', message: `must be ${possible.join(' or ')} for kind ${kind}` }];
    },
  ),
  runScheduled: checking(section({ schedule: name, reason: optionalSignature.reason, start: mapping }), ({ start }) => {
    const what = (['sweep', 'teardown', 'provision'] as const).find((known) => known === start.what);
    if (what === undefined) return [{ path: 'start.what', message: 'must be sweep, teardown or provision' }];
    const checked = checkDocument(starts[what], start);
    return checked.ok ? [] : checked.problems.map(({ path, message }) => ({ path: `start.${path}`, message }));
  }),
};

function renewalProblems(change: string, written: string | undefined): readonly SpecProblem[] {
  if (written === undefined) return [];
  if (change !== 'renew') return [{ path: 'duration', message: 'only allowed with the change renew' }];
  const ms = parseDuration(written) ?? 0;
  return ms >= HOUR && ms <= 72 * HOUR ? [] : [{ path: 'duration', message: 'must be 1h to 72h' }];
}

export type ArgumentKind = keyof typeof checks;

/** Every problem of the argument and the workflow id of an operation without a spec. */
export function argumentProblems(kind: ArgumentKind, document: unknown, workflowId: string): readonly SpecProblem[] {
  return checks[kind](document, workflowId);
}

function checking<Schema extends z.ZodType>(
  schema: Schema,
  further: (argument: z.infer<Schema>, workflowId: string) => readonly SpecProblem[] = () => [],
) {
  return (document: unknown, workflowId: string): readonly SpecProblem[] => {
    const checked = checkDocument(schema, document);
    return checked.ok ? further(checked.data, workflowId) : checked.problems;
  };
}

/** Waiting for jobs, and deleting a pool under them, are commands of a person, so they need an actor and a reason. */
function unsignedJobs(argument: {
  readonly drain?: string;
  readonly withJobs?: boolean;
  readonly by?: string;
  readonly reason?: string;
}): SpecProblem[] {
  if (argument.drain === undefined && argument.withJobs !== true) return [];
  return (['by', 'reason'] as const).flatMap((path) =>
    (argument[path] ?? '').trim() === '' ? [{ path, message: 'required with drain and withJobs' }] : [],
  );
}
