import { ConfigError } from '../config.js';
import type { PriceTable } from '../domain/price.js';
import { readPriceFile } from '../spec/prices.js';

/** Reads the price table in `MAOPS_PRICES`; null without one. A wrong file is a configuration error. */
export function readPrices(path: string | null): PriceTable | null {
  if (path === null) return null;
  const checked = readPriceFile(path);
  if (checked.ok) return checked.table;
  throw new ConfigError(checked.problems.map((problem) => `MAOPS_PRICES: ${problem}`));
}
