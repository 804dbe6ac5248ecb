import { z } from 'zod';
import * as parts from './current-notebook-parts.js';
import { checkCurrentNotebook, checkEndpoints } from './current-notebook-rules.js';
import { nonEmpty, type RequestOf, rules } from './request-parts.js';

/** The body of a create (docs/api/notebooks-current.md "2. Create"). */
export const currentNotebookCreateSchema = z
  .strictObject({
    name: parts.notebookName,
    image_id: parts.imageId,
    flavor: nonEmpty.optional(),
    volume: parts.volume,
    description: parts.notebookDescription.optional(),
    pool_id: parts.poolId.optional(),
    workspace_id: parts.workspaceId.optional(),
    feature: z.enum(['NOTEBOOK', 'DEFAULT']).optional(),
    /** Without it, the service stops the notebook after one hour. */
    duration: parts.runTimeOrNever.optional(),
    lease: z.strictObject({ duration: parts.runTime, type: parts.leaseType.optional() }).optional(),
    endpoints: parts.endpoints.optional(),
    hooks: parts.hooks.optional(),
    data_volumes: z.array(parts.volume).optional(),
    custom_spec: parts.customSpec.optional(),
    affinity: parts.affinity.optional(),
    run_user: parts.runUser.optional(),
    user_vpc: parts.userVpc.optional(),
    public_network_config: parts.publicNetwork.optional(),
  })
  .check(rules(checkCurrentNotebook));

/** The body of an update (docs/api/notebooks-current.md "5. Update"). */
export const currentNotebookUpdateSchema = z
  .strictObject({
    name: parts.notebookName.optional(),
    description: parts.notebookDescription.optional(),
    flavor: nonEmpty.optional(),
    custom_spec: parts.customSpec.optional(),
    image_id: parts.imageId.optional(),
    endpoints: parts.endpoints.optional(),
    /** GB. Grows only. */
    storage_new_size: z.int('a whole number').min(5, 'at least 5 GB').max(4096, 'at most 4096 GB').optional(),
    hooks: parts.hooks.optional(),
    affinity: parts.affinity.optional(),
    dew_secret_name: nonEmpty.optional(),
    data_volumes: z.array(parts.volume).optional(),
    public_network_config: parts.publicNetwork.optional(),
  })
  .check(
    rules((change, report) => {
      if (Object.values(change).every((value) => value === undefined)) report([], 'nothing to change');
      checkEndpoints(change.endpoints ?? [], report);
    }),
  );

/** The statuses of docs/api/notebooks-current.md "8. Status words and life". */
const statuses = [
  'INIT',
  'CREATING',
  'STARTING',
  'STOPPING',
  'DELETING',
  'RUNNING',
  'STOPPED',
  'SNAPSHOTTING',
  'CREATE_FAILED',
  'START_FAILED',
  'DELETE_FAILED',
  'ERROR',
  'DELETED',
  'FROZEN',
] as const;

/**
 * The query of a list, without its pages (docs/api/notebooks-current.md "4. List"). `name`, `description` and `flavor`
 * are fuzzy: compare the rows exactly.
 */
export const currentNotebookFilterSchema = z.strictObject({
  workspace_id: parts.workspaceId.default('0'),
  feature: z.enum(['NOTEBOOK', 'DEFAULT']).default('NOTEBOOK'),
  name: nonEmpty.max(128).optional(),
  description: nonEmpty.max(512).optional(),
  id: nonEmpty.optional(),
  flavor: nonEmpty.optional(),
  image_id: nonEmpty.optional(),
  billing: z.enum(['COMPUTE', 'STORAGE', 'ALL']).optional(),
  pool_id: nonEmpty.optional(),
  pool_name: nonEmpty.optional(),
  owner: nonEmpty.optional(),
  status: z.enum(statuses).optional(),
  tags: nonEmpty.optional(),
});

/**
 * The query of a start (docs/api/notebooks-current.md "7. Start, stop, delete"). The duration is required here, because
 * leaving it out means one hour.
 */
export const notebookStartSchema = z.strictObject({
  duration: parts.runTimeOrNever,
  type: parts.leaseType.optional(),
});

/** A new lease, which counts from now (docs/api/notebooks-current.md "6. Lease: what `duration` means"). */
export const notebookRenewalSchema = z.strictObject({
  duration: parts.runTime,
  type: parts.leaseType.default('TIMING'),
});

/** The query of a flavor list (docs/api/notebooks-current.md "9. Other calls", C11). */
export const notebookFlavorFilterSchema = z.strictObject({
  category: z.enum(['CPU', 'GPU', 'ASCEND']).optional(),
  type: z.enum(['MANAGED', 'DEDICATED']).optional(),
  feature: nonEmpty.optional(),
  flavor_type: nonEmpty.optional(),
});

/** The body of a create-image (docs/api/notebooks-current.md "9. Other calls", C13). */
export const notebookImageSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9._-]{1,128}$/, '1 to 128 lower-case letters, digits, -, _ and .'),
  namespace: z.string().regex(/^[a-z][^A-Z]{0,63}$/, '1 to 64 characters, starting with a lower-case letter'),
  tag: nonEmpty.max(64, 'at most 64 characters').optional(),
  description: z.string().max(512, 'at most 512 characters').optional(),
  workspace_id: parts.workspaceId.optional(),
  swr_instance_id: nonEmpty.optional(),
  swr_instance_domain: nonEmpty.optional(),
});

/** The body of a mount (docs/api/notebooks-current.md "9. Other calls", C14). */
export const notebookMountRequestSchema = z
  .strictObject({
    category: z.enum(['OBS', 'OBSFS', 'EFS']),
    mount_path: z
      .string()
      .regex(/^\/data\/.+$/, 'a path under /data/')
      .max(256, 'at most 256 characters'),
    uri: nonEmpty.max(256, 'at most 256 characters'),
    efs_id: nonEmpty.optional(),
  })
  .check(
    rules(({ category, efs_id }, report) => {
      if (category === 'EFS' && efs_id === undefined) report(['efs_id'], 'required for EFS');
    }),
  );

/** The query of a cluster list (docs/api/notebooks-current.md "9. Other calls", C21). */
export const notebookClusterFilterSchema = z.strictObject({
  type: z.enum(['MANAGED', 'DEDICATED']).optional(),
  scope: z.enum(['NOTEBOOK', 'TRAIN', 'INFER']).optional(),
  workspace_id: parts.workspaceId.default('0'),
});

export const notebookTagsRequestSchema = parts.tags;
export const notebookWorkspaceSchema = parts.workspaceId;

/** The request to create a notebook, in the shape of the API. */
export type CurrentNotebookCreate = RequestOf<z.input<typeof currentNotebookCreateSchema>>;
/** The request to change a notebook, in the shape of the API. */
export type CurrentNotebookUpdate = RequestOf<z.input<typeof currentNotebookUpdateSchema>>;
/** Which notebooks to list. Without a workspace, those of the default one. */
export type CurrentNotebookFilter = RequestOf<z.input<typeof currentNotebookFilterSchema>>;
/** How long a started notebook runs, in milliseconds from now; -1 for no automatic stop. */
export type NotebookStart = RequestOf<z.input<typeof notebookStartSchema>>;
/** The run time that is left for a running notebook, in milliseconds from now. */
export type NotebookRenewal = RequestOf<z.input<typeof notebookRenewalSchema>>;
/** Which flavors to list. */
export type NotebookFlavorFilter = RequestOf<z.input<typeof notebookFlavorFilterSchema>>;
/** Name and place of an image to save. */
export type NotebookImageRequest = RequestOf<z.input<typeof notebookImageSchema>>;
/** A further volume to mount. */
export type NotebookMountRequest = RequestOf<z.input<typeof notebookMountRequestSchema>>;
/** Which pools to list. */
export type NotebookClusterFilter = RequestOf<z.input<typeof notebookClusterFilterSchema>>;
/** Tags to set or remove. */
export type NotebookTagList = RequestOf<z.input<typeof notebookTagsRequestSchema>>;
