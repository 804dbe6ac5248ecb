import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SpecKind, specKinds } from '../../src/contract/spec.js';
import { jsonSchemaFiles } from '../../src/spec/json-schema.js';
import { describeProblems } from '../../src/spec/problem.js';
import { parseSpecText } from '../../src/spec/source.js';

const root = join(__dirname, '..', '..');

const examples: Readonly<Record<SpecKind, readonly string[]>> = {
  provisionPoolThenLaunchNotebook: ['team-a.yaml', 'team-a-historical.yaml', 'working-hours.yaml'],
  provisionPool: ['pool-only.yaml', 'first-pool.yaml'],
  launchNotebook: ['notebook-only.yaml'],
};

it.each(jsonSchemaFiles())(
  'docs/schema/$name is generated from the checks (`npx tsx scripts/json-schema.ts`)',
  (file) => {
    expect(readFileSync(join(root, 'docs', 'schema', file.name), 'utf8')).toBe(file.text);
  },
);

describe.each(specKinds)('the examples of %s', (kind) => {
  it.each(examples[kind])('include %s, which passes every check', (file) => {
    const checked = parseSpecText(kind, readFileSync(join(root, 'examples', file), 'utf8'), file);
    expect(checked.ok ? '' : describeProblems(checked.problems)).toBe('');
  });
});
