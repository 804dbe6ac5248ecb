import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitProcess } from '../../src/worker/flush.js';
import { renderRows } from '../row.js';
import { measure } from './measure.js';

const usage = `Runs environments on a real Temporal server with PostgreSQL, and two workers (bench/postgres/README.md).

  npm run bench:postgres -- [--rate 2] [--minutes 30] [--no-faults] [--json] [--keep]

--rate: environments started per second. --minutes: how long they are started, with faults at least 3. --no-faults: kill,
restart and stop nothing. --json: one line of JSON per figure. --keep: keep the folder with logs and database.`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        rate: { type: 'string', default: '2' },
        minutes: { type: 'string', default: '30' },
        'no-faults': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { 'no-faults': isQuiet, ...rest } = values;
    const rate = positive('rate', rest.rate);
    const minutes = positive('minutes', rest.minutes);
    if (!isQuiet && minutes < 3) throw new Error(`--minutes ${minutes}: the faults need at least 3 minutes`);
    return { ...rest, isQuiet, rate, minutes };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`--${name} ${text}: must be a number above 0`);
  return value;
}

const { rate, minutes, isQuiet, json, keep, help } = readOptions();
if (help) {
  console.error(usage);
  process.exit(0);
}
const folder = await mkdtemp(join(tmpdir(), 'modelarts-ops-scale-'));
const onProgress = (line: string) => process.stderr.write(`${line}\n`);
const { rows, problems } = await measure({ folder, rate, minutes, hasFaults: !isQuiet, onProgress }).catch(
  (error: unknown) => {
    onProgress(`logs: ${folder}`);
    throw error;
  },
);
for (const problem of problems) onProgress(problem);
if (json) for (const row of rows) console.log(JSON.stringify({ bench: 'postgres', ...row }));
else console.log(renderRows(rows));
if (keep || problems.length > 0) onProgress(`logs: ${folder}`);
else await rm(folder, { recursive: true, force: true });
await exitProcess(problems.length > 0 ? 1 : 0);
