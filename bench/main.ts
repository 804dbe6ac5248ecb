import { parseArgs } from 'node:util';
import { exitProcess } from '../src/worker/flush.js';
import { admission } from './admission.js';
import { cli } from './cli.js';
import { create, list } from './environments.js';
import { incumbent } from './incumbent.js';
import { lag } from './lag.js';
import { leases } from './leases.js';
import { looksAtPools } from './looks.js';
import { openLeases } from './open-leases.js';
import { ratio } from './ratio.js';
import { ready } from './ready.js';
import { recovery } from './recovery.js';
import { removal } from './removal.js';
import { type Row, renderRows } from './row.js';
import { waiters } from './waiters.js';

const benches: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  cli,
  create,
  list,
  ready,
  incumbent,
  ratio,
  'waiters-1': () => waiters(1),
  'waiters-100': () => waiters(100),
  'waiters-1000': () => waiters(1_000),
  looks: looksAtPools,
  'admission-100': () => admission(100, { calls: 4, minutes: null }),
  'admission-1000': () => admission(1_000, { calls: 3, minutes: null }),
  lag,
  leases,
  'leases-5000': () => openLeases(5_000),
  'leases-50000': () => openLeases(50_000),
  recovery,
  removal,
};

const usage = `Measures the product. Prints a table of figures with their goals; --json prints one line of JSON per figure.

  npm run bench -- [--json] [NAME...]

Names: ${Object.keys(benches).join(', ')}. Without a name, all run.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
const unknown = positionals.find((name) => !(name in benches));
if (values.help || unknown !== undefined) {
  console.error(unknown === undefined ? usage : `unknown benchmark ${unknown}\n\n${usage}`);
  process.exit(unknown === undefined ? 0 : 2);
}
const rows: Row[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  for (const row of await bench()) {
    if (values.json) console.log(JSON.stringify({ bench: name, ...row }));
    rows.push(row);
  }
}
if (!values.json) console.log(renderRows(rows));
await exitProcess(0);
