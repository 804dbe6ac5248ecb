import { measureTeardown } from '../test/scenarios/measured-removal.js';
import { startTestbed } from '../test/support/testbed.js';
import { currentNotebookPart } from '../test/workflows/documents.js';
import type { Row } from './row.js';

/** The simulated cloud that the incumbent is measured on. */
const cloud = { poolMs: 30_000, notebookMs: 5_000 };
const seeds = [1, 2, 3, 4, 5, 6, 7];

/**
 * A teardown of a pool with a notebook of the current API, alone on its worker, on virtual time at default paces:
 * medians of seven seeds. The first one of a worker, and one after two others, when the worker knows how long deletions
 * take.
 */
export async function removal(): Promise<readonly Row[]> {
  const first: { beyondMs: number; gets: number }[] = [];
  const third: typeof first = [];
  for (const seed of seeds) {
    const testbed = await startTestbed({ seed });
    const change = { notebook: currentNotebookPart() };
    first.push(await measureTeardown(testbed, cloud, change));
    await measureTeardown(testbed, cloud, change);
    third.push(await measureTeardown(testbed, cloud, change));
    await testbed.dispose();
  }
  return [...rows('teardown', first), ...rows('teardown, after others', third)];
}

function rows(measure: string, all: readonly { beyondMs: number; gets: number }[]): Row[] {
  const seconds = median(all.map(({ beyondMs }) => beyondMs)) / 1_000;
  return [
    { measure: `${measure}: over the cloud's own time`, value: Math.round(seconds * 10) / 10, unit: 's', goal: 5 },
    { measure: `${measure}: GETs`, value: median(all.map(({ gets }) => gets)), unit: 'calls', goal: 8 },
  ];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
