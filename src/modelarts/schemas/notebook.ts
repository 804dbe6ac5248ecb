import { z } from 'zod';
import { Secret } from '../secret.js';
import { count, epoch, flag, identity, instant, items, many, part, text, textMap } from './tolerant.js';

const storage = z.looseObject({
  type: text,
  location: part(
    z.looseObject({ path: text, volume_size: count, volume_unit: text, mount_path: text, access_modes: text }),
  ),
});

/**
 * Every member counts as a secret, because the documentation disagrees on what they contain
 * (docs/api/notebooks-and-auth.md "2.3 Old instance object").
 */
const credential = z.record(z.string(), z.unknown()).transform((members) => {
  const secrets: Record<string, Secret> = {};
  for (const [key, value] of Object.entries(members)) {
    secrets[key] = new Secret(typeof value === 'string' ? value : JSON.stringify(value));
  }
  return secrets;
});

const repository = z.looseObject({
  id: text,
  branch: text,
  user_name: text,
  user_email: text,
  type: text,
  connection_info: part(z.looseObject({ protocol: text, url: text, credential: part(credential) })),
});

const flavorDetails = z.looseObject({
  name: text,
  status: text,
  queuing_num: count,
  queue_left_time: count,
  storage_list: many(z.string()),
  is_permitted: flag,
  type: text,
  params: part(z.record(z.string(), z.unknown())),
  promo_type: text,
  instance_num: count,
  duration: count,
  store_time: count,
  billing_flavor: text,
  billing_params: count,
});

const profile = z.looseObject({
  id: text,
  name: text,
  description: text,
  de_type: text,
  flavor_type: text,
  provision: part(
    z.looseObject({
      type: text,
      annotations: part(textMap),
      spec: part(
        z.looseObject({
          engine: text,
          params: part(
            z.looseObject({ namespace: text, image_name: text, image_tag: text, annotations: part(textMap) }),
          ),
        }),
      ),
    }),
  ),
  labels: part(textMap),
});

const spec = z.looseObject({
  log_path: text,
  custom_script_path: text,
  storage: part(storage),
  extend_storage: many(storage),
  credential: part(credential),
  repository: part(repository),
  resource_reserved_timestamp: count,
  auto_stop: part(
    z.looseObject({ enable: flag, duration: count, prompt: flag, stop_timestamp: epoch, remain_time: count }),
  ),
  failed_reasons: part(z.looseObject({ code: text, message: text, detail: part(textMap) })),
  annotations: textMap,
  extend_params: part(textMap),
});

const queuingInfo = z.looseObject({
  id: text,
  name: text,
  flavor: text,
  de_type: text,
  flavor_details: part(flavorDetails),
  status: text,
  begin_timestamp: count,
  end_timestamp: count,
  remain_time: count,
  rank: count,
});

/** An instance of the historical API (docs/api/notebooks-and-auth.md "2.3 Old instance object"). */
export const notebookSchema = z.looseObject({
  id: identity,
  name: text,
  description: text,
  /** One of the statuses of docs/api/notebooks-and-auth.md "3.1 Old generation". Unknown ones are kept. */
  status: text,
  creation_timestamp: instant,
  latest_update_timestamp: instant,
  profile: part(profile),
  flavor: text,
  flavor_details: part(flavorDetails),
  pool: part(z.looseObject({ id: text, name: text, type: text, owner: part(z.looseObject({ project_id: text })) })),
  spec: spec.catch(() => spec.parse({})).default(() => spec.parse({})),
  repository: part(repository),
  workspace: part(z.looseObject({ id: text })),
  ai_project: part(z.looseObject({ id: text })),
  error_code: text,
  queuing_info: part(queuingInfo),
  user: part(z.looseObject({ id: text, name: text })),
});

/**
 * The response of a list. Without a limit it contains every instance (docs/api/notebooks-and-auth.md "2.4 O2 list").
 */
export const notebookListSchema = z.looseObject({ total_count: count, instances: items(notebookSchema) });

/** The same, of which only the ids are parsed. */
export const notebookRowsSchema = z
  .looseObject({ instances: items(z.looseObject({ id: identity })) })
  .transform(({ instances }) => new Map<string, unknown>(instances.map((row) => [row.id, row])));

/** The response of a delete (docs/api/notebooks-and-auth.md "2.7 O5 delete"). */
export const notebookDeletedSchema = z.looseObject({ instance_id: text });

/** The response of an action (docs/api/notebooks-and-auth.md "2.8 O6 action"). */
export const notebookActionSchema = z.looseObject({ current_status: text, previous_state: text });

/** The token that opens the notebook's URL (docs/api/notebooks-and-auth.md "2.9 O7 token"). */
export const notebookTokenSchema = z.looseObject({
  token: z
    .string()
    .min(1)
    .transform((value) => new Secret(value)),
});

/** A notebook instance of the historical API. */
export type Notebook = z.output<typeof notebookSchema>;
/** The instances of one list response. */
export type NotebookList = z.output<typeof notebookListSchema>;
/** The response of a delete. */
export type NotebookDeleted = z.output<typeof notebookDeletedSchema>;
/** The response of an action: the status now, and the status before. */
export type NotebookAction = z.output<typeof notebookActionSchema>;
/** The access token, held as a secret. */
export type NotebookToken = z.output<typeof notebookTokenSchema>;
