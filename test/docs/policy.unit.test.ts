import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { currentNotebookCalls, historicalNotebookCalls } from '../../src/probe/notebook-calls.js';
import { poolCalls } from '../../src/probe/pool-calls.js';

const root = join(__dirname, '..', '..');
const policy: { readonly Statement: readonly { readonly Action: readonly string[] }[] } = JSON.parse(
  readFileSync(join(root, 'examples/policy.json'), 'utf8'),
);
const actions = policy.Statement.flatMap(({ Action }) => Action);

test('the example policy has the right of every call that the probe makes', () => {
  const calls = [...poolCalls, ...currentNotebookCalls, ...historicalNotebookCalls];
  const rights = calls.flatMap(({ right }) => (right === null ? [] : [right]));
  expect(rights.length).toBeGreaterThan(10);
  expect(rights.filter((right) => !actions.includes(right))).toEqual([]);
});

test('the example policy names each action once', () => {
  expect(new Set(actions).size).toBe(actions.length);
});
