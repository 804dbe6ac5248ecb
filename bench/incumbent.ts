import type { Row } from './row.js';

/** A simulated cloud, in seconds. */
const cloud = { poolCreate: 60, notebookCreate: 15, notebookDelete: 5, poolDelete: 30 };

/** Time and number of reads of a wait with fixed pauses: first after `delay`, then every `interval`, until `done`. */
function fixedWait(
  done: number,
  delay: number,
  interval: number,
): { readonly seconds: number; readonly reads: number } {
  const reads = 1 + Math.max(0, Math.ceil((done - delay) / interval));
  return { seconds: delay + (reads - 1) * interval, reads };
}

/**
 * The Terraform provider as a model: its fixed pauses, without its own computing time. Times are beyond the cloud's
 * own. Pools: docs/api/pools-and-flavors.md "5.7 How the Terraform client drives it". Notebooks:
 * docs/api/notebooks-current.md "14. What Terraform does".
 */
export async function incumbent(): Promise<readonly Row[]> {
  const order = fixedWait(cloud.poolCreate, 20, 30);
  const scopes = fixedWait(0, 45, 30);
  const notebook = fixedWait(cloud.notebookCreate, 10, 10);
  // Beside the polls: one read of the order, one of the drivers, and one read of each resource after its create.
  const createReads = order.reads + 1 + 1 + scopes.reads + notebook.reads + 2;
  const created = order.seconds + scopes.seconds + notebook.seconds;
  const notebookGone = fixedWait(cloud.notebookDelete, 10, 10);
  const poolGone = fixedWait(cloud.poolDelete, 30, 10);
  const deleted = notebookGone.seconds + poolGone.seconds;
  return [
    seconds('incumbent: create to ready', created - cloud.poolCreate - cloud.notebookCreate),
    { measure: 'incumbent: GETs until ready', value: createReads, unit: 'calls', goal: null },
    seconds('incumbent: delete to gone', deleted - cloud.notebookDelete - cloud.poolDelete),
  ];
}

function seconds(measure: string, value: number): Row {
  return { measure: `${measure}, over the cloud's own time`, value, unit: 's', goal: null };
}
