import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SpecKind, specKinds } from '../../src/contract/spec.js';
import { jsonSchema, jsonSchemaFiles } from '../../src/spec/json-schema.js';
import { describeProblems } from '../../src/spec/problem.js';
import { parseSpecText } from '../../src/spec/source.js';

const root = join(__dirname, '..', '..');

const examples: Readonly<Record<SpecKind, readonly string[]>> = {
  provisionPoolThenLaunchNotebook: ['team-a.yaml', 'working-hours.yaml'],
  provisionPool: ['pool-only.yaml'],
  launchNotebook: ['notebook-only.yaml'],
};

describe.each(specKinds)('what is published for %s', (kind) => {
  it('has the JSON Schema that the checks give (else run `npx tsx scripts/json-schema.ts`)', () => {
    const published = readFileSync(join(root, 'docs', 'schema', jsonSchemaFiles[kind]), 'utf8');
    expect(published).toBe(`${JSON.stringify(jsonSchema(kind), null, 2)}\n`);
  });

  it.each(examples[kind])('has the example %s, which passes every check', (file) => {
    const checked = parseSpecText(kind, readFileSync(join(root, 'examples', file), 'utf8'), file);
    expect(checked.ok ? '' : describeProblems(checked.problems)).toBe('');
  });
});
