import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { type Phase, phases } from '../../src/contract/phases.js';

const header = (capability: string) => {
  const source = readFileSync(path.join(__dirname, `../../src/workflows/${capability}/workflow.ts`), 'utf8');
  return (
    [...source.matchAll(/^\/\*\*$.*?^ \*\/$/gms)].map(([text]) => text).find((text) => text.includes('Phases')) ?? ''
  );
};

const removing: readonly Phase[] = ['StoppingNotebook', 'DeletingNotebook', 'DeletingPool', 'Verifying', 'Gone'];

// The phases that a workflow can be in, except those of a part that its header refers to.
test.each<[string, readonly Phase[]]>([
  [
    'provision',
    phases.filter((one) => ![...removing, 'Planning', 'Leased', 'Applying', 'Reading', 'Done'].includes(one)),
  ],
  ['teardown', ['Planning', ...removing, 'Failed']],
  ['lease', ['Leased', 'Paused', 'Gone', 'Cancelled', 'Failed']],
  ['sweep', ['Planning', 'Applying', 'Paused', 'Done', 'Failed', 'Cancelled']],
  ['audit', ['Planning', 'Reading', 'Paused', 'Done', 'Failed', 'Cancelled']],
  ['schedule', ['Planning', 'Applying', 'Paused', 'Done', 'Failed', 'Cancelled']],
  ['change', ['Planning', 'Applying', 'Paused', 'Done', 'Failed', 'Cancelled']],
])('the header of %s names its phases', (capability, expected) => {
  const named = new Set([...header(capability).matchAll(/`([A-Z]\w+)`/g)].map(([, word]) => word));
  expect(phases.filter((phase) => named.has(phase) || expected.includes(phase))).toEqual(
    phases.filter((phase) => expected.includes(phase)),
  );
  expect(expected.filter((phase) => !named.has(phase))).toEqual([]);
});
