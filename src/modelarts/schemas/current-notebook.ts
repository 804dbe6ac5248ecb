import { z } from 'zod';
import { Secret } from '../secret.js';
import { count, epoch, flag, identity, many, part, text } from './tolerant.js';

/**
 * Removes every member called `token` and every token in a URL, at any depth: it opens the notebook
 * (docs/api/notebooks-current.md "11. URL and token").
 */
function withoutToken(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/[?&]token=[^&#\s]*/gi, '');
  if (Array.isArray(value)) return value.map(withoutToken);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'token')
      .map(([key, member]) => [key, withoutToken(member)]),
  );
}

/** A URL without its query, which could hold the token. */
const plainUrl = text.transform((url) => url?.replace(/[?#].*$/s, ''));

const volume = z.looseObject({
  capacity: count,
  category: text,
  ownership: text,
  mount_path: text,
  /** Only while something happens, such as `RESIZING`. */
  status: text,
  id: text,
  uri: text,
  url: text,
  read_only: flag,
  dew_secret_name: text,
  evs_sku_code: text,
  mount_type: text,
});

const endpoints = z.looseObject({
  service: text,
  dev_service: text,
  uri: plainUrl,
  key_pair_names: many(z.string()),
  ssh_keys: many(z.string()),
  allowed_access_ips: many(z.string()),
});

const progress = z.looseObject({
  /** 1 storage, 2 compute, 3 network, 4 initialise. */
  step: count,
  status: text,
  description: text,
  step_description: text,
});

const tag = z.looseObject({ key: z.string(), value: text });

const leaseFields = z.looseObject({
  create_at: epoch,
  /** Milliseconds from `create_at`, not from now. */
  duration: count,
  /** False when the notebook does not stop by itself. */
  enable: flag,
  type: text,
  update_at: epoch,
});

const instance = z.looseObject({
  id: identity,
  name: text,
  description: text,
  /** One of the statuses of docs/api/notebooks-current.md "8. Status words and life". Unknown ones are kept. */
  status: text,
  /** A sentence without a code. */
  fail_reason: text,
  action_progress: many(progress),
  flavor: text,
  custom_spec: part(z.looseObject({ resource_flavor: text })),
  feature: text,
  image: part(z.looseObject({ id: text, name: text, swr_path: text, tag: text, type: text, status: text })),
  lease: part(leaseFields),
  pool: part(z.looseObject({ id: text, name: text })),
  volume: part(volume),
  data_volumes: many(volume),
  endpoints: many(endpoints),
  /** Present also while the notebook stops and starts. Contains no token. */
  url: plainUrl,
  workspace_id: text,
  user_id: text,
  user: part(z.looseObject({ id: text, name: text })),
  billing_items: many(z.string()),
  tags: many(tag),
  /** Epoch milliseconds. */
  create_at: epoch,
  update_at: epoch,
});

/** An instance of the current API (docs/api/notebooks-current.md "3. The instance object"), without its token. */
export const currentNotebookSchema = z.preprocess(withoutToken, instance);

/**
 * The lease of an instance (docs/api/notebooks-current.md "6. Lease: what `duration` means"). It ends at `create_at +
 * duration`.
 */
export const notebookLeaseSchema = z.preprocess(withoutToken, leaseFields);

/** The members of a page of rows, and whether more follow (docs/api/notebooks-current.md "4. List"). */
export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.looseObject({ data: z.array(row).default([]), total: count, size: count, pages: count, current: count });
}

/** One page of instances. */
export const currentNotebookPageSchema = pageOf(currentNotebookSchema);

/** The same, of which only the ids are parsed. The token is dropped at once. */
export const currentNotebookRowPageSchema = pageOf(z.preprocess(withoutToken, z.looseObject({ id: identity })));

/** What opens an instance. The token is absent while the service has none. */
export const notebookAccessSchema = z
  .looseObject({ id: identity, status: text, url: plainUrl, token: text })
  .transform(({ id, status, url, token }) => ({
    id,
    status: status ?? null,
    url: url ?? null,
    token: token === undefined || token === '' ? null : new Secret(token),
  }));

/** A further volume of an instance (docs/api/notebooks-current.md "9. Other calls", C14). */
export const notebookMountSchema = z.looseObject({
  id: identity,
  category: text,
  mount_path: text,
  uri: text,
  status: text,
  failure_reason: text,
  efs_id: text,
  mount_type: text,
});

/** One page of further volumes. */
export const notebookMountPageSchema = pageOf(notebookMountSchema);

/** All tags in use, with their values (docs/api/notebooks-current.md "1. Calls", C18). */
export const notebookTagsSchema = z.looseObject({
  tags: many(z.looseObject({ key: z.string(), values: many(z.string()) })),
});

/** A notebook instance of the current API. */
export type CurrentNotebook = z.output<typeof currentNotebookSchema>;
/** The lease of an instance. */
export type NotebookLease = z.output<typeof notebookLeaseSchema>;
/** URL and token of an instance. Do not store the token: it changes at every start. */
export type NotebookAccess = z.output<typeof notebookAccessSchema>;
/** A further volume of an instance. */
export type NotebookMount = z.output<typeof notebookMountSchema>;
/** All tags in use, with their values. */
export type NotebookTags = z.output<typeof notebookTagsSchema>;
