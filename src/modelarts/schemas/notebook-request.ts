import { z } from 'zod';
import { checkNotebook } from './notebook-rules.js';
import { nonEmpty, type RequestOf, rules } from './request-parts.js';

const description = z
  .string()
  .max(512, 'at most 512 characters')
  .regex(/^[^&<>"'/]*$/, 'must not contain any of & < > " \' / (6334)');

const storage = z.strictObject({
  location: z
    .strictObject({
      path: z.string().optional(),
      volume_size: z
        .int('a whole number')
        .min(5, 'at least 5 GB (6331)')
        .max(4096, 'at most 4096 GB (6331)')
        .optional(),
      mount_path: z.string().startsWith('/', 'an absolute path').optional(),
      access_modes: z.enum(['ReadOnlyMany', 'ReadWriteMany']).optional(),
    })
    .optional(),
  type: z.enum(['obs', 'obsfs', 'evs']),
});

const autoStop = z
  .strictObject({
    enable: z.boolean().optional(),
    duration: z
      .int('a whole number of seconds')
      .min(3600, 'at least 3600 s (6349)')
      .max(86_400, 'at most 86400 s (6349)')
      .optional(),
    prompt: z.boolean().optional(),
  })
  .check(
    rules((value, report) => {
      if (value.enable === true && value.duration === undefined)
        report(['duration'], 'required when auto stop is enabled (6348)');
    }),
  );

/** The body of a create (docs/api/notebooks-and-auth.md "2.1 O1 create"). */
export const notebookCreateSchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, - and _'),
    description: description.optional(),
    profile_id: nonEmpty,
    flavor: nonEmpty,
    spec: z.strictObject({
      storage,
      extend_storage: z.array(storage).optional(),
      auto_stop: autoStop.optional(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
    workspace: z.strictObject({ id: nonEmpty.optional() }).optional(),
    pool: z
      .strictObject({
        id: nonEmpty,
        type: nonEmpty.optional(),
        name: nonEmpty.optional(),
        owner: z.strictObject({ project_id: nonEmpty.optional() }).optional(),
      })
      .optional(),
    ai_project: z.strictObject({ id: nonEmpty.optional() }).optional(),
  })
  .check(rules(checkNotebook));

/**
 * The body of an update. Nothing else of an instance can be changed (docs/api/notebooks-and-auth.md "2.6 O4 update").
 */
export const notebookUpdateSchema = z.strictObject({
  description: description.optional(),
  spec: z.strictObject({ auto_stop: autoStop.optional() }).optional(),
});

/** The statuses of docs/api/notebooks-and-auth.md "3.1 Old generation". */
const notebookStatuses = [
  'CREATE_QUEUING',
  'CREATING',
  'CREATE_FAILED',
  'START_QUEUING',
  'READY_TO_START',
  'STARTING',
  'RESTARTING',
  'START_FAILED',
  'RUNNING',
  'STOPPING',
  'STOPPED',
  'UNAVAILABLE',
  'DELETED',
  'RESIZING',
  'RESIZE_FAILED',
] as const;

/** The query of a list. The client adds `de_type=Notebook` (docs/api/notebooks-and-auth.md "2.4 O2 list"). */
export const notebookFilterSchema = z.strictObject({
  provision_type: z.literal('Docker').optional(),
  status: z.enum(notebookStatuses).optional(),
  sortby: z.enum(['name', 'creation_timestamp']).optional(),
  order: z.enum(['asc', 'desc']).optional(),
  offset: z.int().min(0).optional(),
  limit: z.int().min(0).optional(),
  workspace_id: z.string().optional(),
  show_self: z.union([z.boolean().transform(String), z.enum(['true', 'false', 'True', 'False'])]).optional(),
  ai_project: z.string().optional(),
  pool_id: nonEmpty.optional(),
});

/**
 * The actions on an instance. `queue` and `dequeue` exist only for free flavors (docs/api/notebooks-and-auth.md "2.8 O6
 * action").
 */
const notebookActionVerbs = ['start', 'stop', 'restart', 'queue', 'dequeue'] as const;
export const notebookActionRequestSchema = z.strictObject({ action: z.enum(notebookActionVerbs) });

/** The request to create a notebook, in the shape of the API. */
export type NotebookCreate = RequestOf<z.input<typeof notebookCreateSchema>>;
/** The request to change a notebook, in the shape of the API. */
export type NotebookUpdate = RequestOf<z.input<typeof notebookUpdateSchema>>;
/** Which notebooks to list. Without `limit`, all of them. */
export type NotebookFilter = RequestOf<z.input<typeof notebookFilterSchema>>;
/** An action on an instance. */
export type NotebookActionVerb = (typeof notebookActionVerbs)[number];
