import { expect, test } from '@jest/globals';
import { measureGoldenPath } from '../support/golden-path.js';
import { currentNotebookPart } from '../workflows/documents.js';

test.each([
  ['historical', {}, { totalCalls: 23, totalActivities: 22, events: 195 }],
  ['current', { notebook: currentNotebookPart() }, { totalCalls: 25, totalActivities: 23, events: 202 }],
])(
  'the main job with the %s notebook API stays within its calls, activities and events',
  async (_api, change, most) => {
    const path = await measureGoldenPath(1, change);
    expect(path.totalCalls).toBeLessThanOrEqual(most.totalCalls);
    expect(path.totalActivities).toBeLessThanOrEqual(most.totalActivities);
    expect(path.events).toBeLessThanOrEqual(most.events);
  },
);
