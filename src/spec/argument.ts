import { z } from 'zod';
import { operationId } from '../contract/ids.js';
import { isName } from '../domain/name.js';
import { isLongerThan, textLimits } from '../domain/text.js';
import { choice, flag, section } from './field.js';
import type { SpecProblem } from './problem.js';
import { checkSection } from './section-check.js';

const nameError = 'must be a name: 1 to 64 letters, digits, - and _';
const name = z.string({ error: nameError }).refine(isName, { error: nameError });
const words = z.string({ error: 'must be text' });
const said = words.refine((text) => text.trim() !== '', { error: 'must not be empty' });
const atMost = (most: number) => ({
  is: (text: string) => !isLongerThan(text, most),
  error: { error: `must have at most ${most} characters` },
});
const [by, reason] = [atMost(textLimits.by), atMost(textLimits.reason)];
const signed = { by: said.refine(by.is, by.error), reason: said.refine(reason.is, reason.error) };
const offered = {
  by: words.refine(by.is, by.error).exactOptional(),
  reason: words.refine(reason.is, reason.error).exactOptional(),
};
/** What another check reads: the rules of a sweep. */
const anything = z.unknown();
const group = z.record(z.string(), z.unknown(), { error: 'must be a group of keys with values' });

const verbs = { notebook: ['start', 'stop'], environment: ['protect', 'unprotect'] } as const;

const starts = {
  sweep: section({ what: words, apply: flag.exactOptional(), rules: anything.exactOptional() }),
  teardown: section({ what: words, name }),
  provision: section({
    what: words,
    document: group.refine((document) => isName(document.name), { error: nameError, path: ['name'] }),
  }),
};

/** The arguments of operations that have no spec: their keys, and what must fit together. */
const checks = {
  teardownEnvironment: checking(section({ name, planHash: said.exactOptional() }), (argument, workflowId) => {
    // Operations on a name find its teardown by this id, and two teardowns of it are one.
    const expected = operationId('teardown', argument.name);
    if (workflowId === expected) return [];
    const message = `a teardown of ${argument.name} has the workflow id ${expected}, not ${workflowId}`;
    return [{ path: 'name', message }];
  }),
  sweepExpired: checking(
    section({
      apply: flag.exactOptional(),
      rules: anything.exactOptional(),
      planHash: said.exactOptional(),
      ...offered,
    }),
  ),
  auditResources: checking(section({ adopt: section({ id: said, ...signed }).exactOptional() })),
  changeResource: checking(
    section({
      kind: choice(['notebook', 'environment']),
      name,
      change: choice(['start', 'stop', 'protect', 'unprotect']),
      ...signed,
    }),
    ({ kind, change }) => {
      const possible: readonly string[] = verbs[kind];
      if (possible.includes(change)) return [];
      return [{ path: 'change', message: `must be ${possible.join(' or ')} for kind ${kind}` }];
    },
  ),
  runScheduled: checking(section({ schedule: name, reason: offered.reason, start: group }), ({ start }) => {
    const what = (['sweep', 'teardown', 'provision'] as const).find((known) => known === start.what);
    if (what === undefined) return [{ path: 'start.what', message: 'must be sweep, teardown or provision' }];
    const checked = checkSection(starts[what], start);
    return checked.ok ? [] : checked.problems.map(({ path, message }) => ({ path: `start.${path}`, message }));
  }),
};

export type ArgumentKind = keyof typeof checks;

/** Everything that is wrong with the argument of an operation that has no spec, and with the workflow id that it was given. */
export function argumentProblems(kind: ArgumentKind, document: unknown, workflowId: string): readonly SpecProblem[] {
  return checks[kind](document, workflowId);
}

function checking<Schema extends z.ZodType>(
  schema: Schema,
  further: (argument: z.infer<Schema>, workflowId: string) => readonly SpecProblem[] = () => [],
) {
  return (document: unknown, workflowId: string): readonly SpecProblem[] => {
    const checked = checkSection(schema, document);
    return checked.ok ? further(checked.data, workflowId) : checked.problems;
  };
}
