import { currentNotebookCalls, historicalNotebookCalls } from '../../probe/notebook-calls.js';
import { poolCalls } from '../../probe/pool-calls.js';
import { type ProbeReport, reportOf } from '../../probe/report.js';
import { type Reading, runProbe } from '../../probe/run.js';
import type { Context } from '../context.js';

/** The result of `maops doctor --probe`. */
export interface Probed {
  readonly report: ProbeReport;
  readonly readings: readonly Reading[];
}

/** Reads the account with every kind of read that changes nothing, and compares the responses with what is documented. */
export async function probeAccount(context: Context): Promise<Probed> {
  const { raw } = await context.modelarts();
  const calls = [...poolCalls, ...currentNotebookCalls, ...historicalNotebookCalls];
  const readings = await runProbe(raw, calls, { signal: context.interrupted });
  return { report: reportOf(readings), readings };
}
