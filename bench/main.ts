import { exitProcess } from '../src/worker/flush.js';
import { lag } from './lag.js';
import { leases } from './leases.js';
import { ratio } from './ratio.js';
import { recovery } from './recovery.js';
import { waiters } from './waiters.js';

/** Each benchmark prints one line of JSON. `npm run bench -- ratio lag` runs two of them. */
const benches: Readonly<Record<string, () => Promise<object>>> = {
  ratio,
  'waiters-1': () => waiters(1),
  'waiters-100': () => waiters(100),
  'waiters-1000': () => waiters(1_000),
  lag,
  leases,
  recovery,
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in benches));
if (unknown !== undefined) {
  console.error(`unknown benchmark ${unknown}. Choose from ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(JSON.stringify({ bench: name, ...(await bench()) }));
}
await exitProcess(0);
