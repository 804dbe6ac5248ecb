import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const folder = new URL('../../src/workflows/', import.meta.url);
/** It runs outside of the sandbox. */
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && name !== 'bundle.ts',
);

/** The first lines of everything that catches an error, with where it is. */
const catches = files.flatMap((name) => {
  const lines = readFileSync(new URL(name, folder), 'utf8').split('\n');
  return lines.flatMap((line, at) =>
    /\bcatch\b ?[({]/.test(line) && !/^\s*(\*|\/\/)/.test(line)
      ? [{ where: `${name}:${at + 1}`, text: lines.slice(at, at + 8).join('\n') }]
      : [],
  );
});

/** Ends in the error's being thrown, or in the workflow task's failing, unless it is a failure of Temporal's. */
const tells = /isFailure\(|isCancellation\(|instanceof ActivityFailure|ignoreFailure|failWorkflowTask|throw error/;
/** Neither can be a bug of ours: the promise of a condition that throws, and the cancel of the root scope. */
const harmless = /condition\(fail\)|cancelRequested\.catch/;

test('no catch in a workflow swallows a bug in our own code (docs/decisions/0006)', () => {
  const swallowing = catches.filter(({ text }) => !tells.test(text) && !harmless.test(text));
  expect(catches.length).toBeGreaterThan(10);
  expect(swallowing).toEqual([]);
});
