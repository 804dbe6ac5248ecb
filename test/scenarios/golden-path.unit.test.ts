import { describe, expect, test } from '@jest/globals';
import { measureGoldenPath } from '../support/golden-path.js';
import { currentNotebookPart } from '../workflows/documents.js';

describe.each([
  ['historical', {}, { totalCalls: 21, totalActivities: 14, events: 111 }, 16],
  ['current', { notebook: currentNotebookPart() }, { totalCalls: 24, totalActivities: 16, events: 125 }, 19],
])('the main job with the %s notebook API', (_api, change, most, mostCallsWarm) => {
  test('stays within its limits for calls, activities and events', async () => {
    const path = await measureGoldenPath(1, change);
    expect(path.totalCalls).toBeLessThanOrEqual(most.totalCalls);
    expect(path.totalActivities).toBeLessThanOrEqual(most.totalActivities);
    expect(path.events).toBeLessThanOrEqual(most.events);
  });

  test('makes fewer calls when the worker knows how long that flavor takes', async () => {
    const path = await measureGoldenPath(2, change, { isWarm: true });
    expect(path.totalCalls).toBeLessThanOrEqual(mostCallsWarm);
  });
});
