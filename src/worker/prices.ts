import { ConfigError } from '../config.js';
import type { PriceTable } from '../domain/price.js';
import { readPriceFile } from '../spec/prices.js';

/** The price table that `MAOPS_PRICES` names; null without one. A bad file is a wrong setting: it stops the process. */
export function readPrices(path: string | null): PriceTable | null {
  if (path === null) return null;
  const checked = readPriceFile(path);
  if (checked.ok) return checked.table;
  throw new ConfigError(checked.problems.map((problem) => `MAOPS_PRICES: ${problem}`));
}
