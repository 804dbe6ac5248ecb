import { expect, test } from '@jest/globals';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { currentNotebookPart } from '../workflows/documents.js';
import { measureTeardown } from './measured-removal.js';

const newTestbed = testbedsForFile();
const cloud = { poolMs: 30_000, notebookMs: 5_000 };
const change = { notebook: currentNotebookPart() };

test('a teardown of a pool and a notebook takes at most 22 s and 27 GETs beyond the cloud, and 12 s after two others', async () => {
  const testbed = await newTestbed();
  const first = await measureTeardown(testbed, cloud, change);
  expect(first.beyondMs).toBeLessThanOrEqual(22_000);
  expect(first.gets).toBeLessThanOrEqual(27);
  await measureTeardown(testbed, cloud, change);
  const third = await measureTeardown(testbed, cloud, change);
  expect(third.beyondMs).toBeLessThanOrEqual(12_000);
  expect(third.gets).toBeLessThanOrEqual(27);
});
