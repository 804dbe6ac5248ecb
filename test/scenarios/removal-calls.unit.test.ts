import { expect, test } from '@jest/globals';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { currentNotebookPart } from '../workflows/documents.js';
import { measureTeardown } from './measured-removal.js';

const newTestbed = testbedsForFile();
const cloud = { poolMs: 30_000, notebookMs: 5_000 };
const change = { notebook: currentNotebookPart() };

test('a teardown of a pool and a notebook takes at most 12 s and 29 GETs beyond the cloud', async () => {
  const testbed = await newTestbed();
  const first = await measureTeardown(testbed, cloud, change);
  expect(first.beyondMs).toBeLessThanOrEqual(12_000);
  expect(first.gets).toBeLessThanOrEqual(29);
  await measureTeardown(testbed, cloud, change);
  const third = await measureTeardown(testbed, cloud, change);
  expect(third.beyondMs).toBeLessThanOrEqual(11_000);
  expect(third.gets).toBeLessThanOrEqual(27);
});
