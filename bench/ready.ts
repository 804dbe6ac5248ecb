import { type GoldenPath, measureGoldenPath } from '../test/support/golden-path.js';
import { currentNotebookPart } from '../test/workflows/documents.js';
import type { Row } from './row.js';

const seeds = [1, 2, 3, 4, 5, 6, 7];

/**
 * The main job alone on its worker, on virtual time at default paces: a pool of about a minute and a notebook of 15 s.
 */
export async function ready(): Promise<readonly Row[]> {
  return [
    ...(await rows('main job', {}, false, 20)),
    ...(await rows('main job, after others', {}, true, 20)),
    ...(await rows('main job, current notebook API', { notebook: currentNotebookPart() }, false, 22)),
  ];
}

async function rows(name: string, change: Record<string, unknown>, isWarm: boolean, calls: number): Promise<Row[]> {
  const runs: GoldenPath[] = [];
  for (const seed of seeds) runs.push(await measureGoldenPath(seed, change, { isWarm }));
  const seconds = runs.map(({ beyondCloudMs }) => Math.round(beyondCloudMs / 100) / 10);
  const time = `${name}: create to Ready over the cloud's own time`;
  return [
    { measure: `${time}, median of ${seeds.length}`, value: middle(seconds), unit: 's', goal: 3 },
    { measure: `${time}, longest of ${seeds.length}`, value: Math.max(...seconds), unit: 's', goal: 5 },
    { measure: `${name}: API calls`, value: middle(runs.map((run) => run.totalCalls)), unit: 'calls', goal: calls },
    { measure: `${name}: history events`, value: middle(runs.map((run) => run.events)), unit: 'events', goal: 80 },
  ];
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
