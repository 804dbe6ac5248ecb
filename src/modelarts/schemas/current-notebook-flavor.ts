import { z } from 'zod';
import { pageOf } from './current-notebook.js';
import { count, epoch, flag, identity, many, part, text } from './tolerant.js';

const card = z.looseObject({
  gpu: count,
  gpu_memory: text,
  npu: count,
  npu_memory: text,
  type: text,
  chip: text,
});

/** A flavor for notebooks (docs/api/notebooks-current.md "9. Other calls", C11). */
const notebookFlavorSchema = z.looseObject({
  /** The `flavor` of a create. */
  id: identity,
  name: text,
  category: text,
  arch: text,
  vcpus: count,
  /** KiB in the documented sample; some editions send text. */
  memory: text,
  gpu: part(card),
  ascend: part(card),
  billing: part(z.looseObject({ code: text, unit_num: count })),
  free: flag,
  feature: text,
  /** True when the service does not have enough of it. */
  sold_out: flag,
  storages: many(z.string()),
  description: text,
});

/** One page of flavors. The rows are in `data`, and in `flavors` by one table. */
export const notebookFlavorPageSchema = pageOf(notebookFlavorSchema)
  .extend({ flavors: z.array(notebookFlavorSchema).default([]) })
  .transform(({ flavors, ...page }) => ({ ...page, data: page.data.length > 0 ? page.data : flavors }));

/** The notebook switch and quota of a user (docs/api/notebooks-current.md "9. Other calls", C20). */
export const notebookFeatureSchema = z.looseObject({
  id: text,
  name: text,
  enabled: flag,
  quota: count,
  used: count,
  user_id: text,
  create_at: epoch,
  update_at: epoch,
});

/** A pool as the notebook service sees it (docs/api/notebooks-current.md "9. Other calls", C21). */
export const notebookClusterSchema = z.looseObject({
  pool_id: text,
  logic_cluster_id: text,
  /** `ACTIVE` when notebooks can run there. */
  status: text,
  type: text,
  resource_categories: text,
  workspace_id: text,
  flavors: many(z.unknown()),
  create_at: epoch,
  update_at: epoch,
});

/** One page of pools. */
export const notebookClusterPageSchema = pageOf(notebookClusterSchema);

/** A flavor for notebooks of the current API. */
export type NotebookFlavor = z.output<typeof notebookFlavorSchema>;
/** Switch and quota. */
export type NotebookFeature = z.output<typeof notebookFeatureSchema>;
/** A pool as the notebook service sees it. */
export type NotebookCluster = z.output<typeof notebookClusterSchema>;
