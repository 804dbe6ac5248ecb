import { z } from 'zod';
import { nonEmpty } from './request-parts.js';

/** Parts of the requests of the current notebook API (docs/api/notebooks-current.md "2. Create"). */

const hour = 3_600_000;
/** The shortest and the longest run time, in milliseconds. */
export const leaseBounds = { minMs: hour, maxMs: 72 * hour } as const;

/** Letters, digits, `-` and `_`: the characters that every edition accepts. */
export const notebookName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, - and _');

export const notebookDescription = z
  .string()
  .max(512, 'at most 512 characters')
  .regex(/^[^&<>"'/]*$/, 'must not contain any of & < > " \' /');

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const imageId = z.string().regex(uuid, 'must be the UUID of an image');
export const workspaceId = z.string().regex(/^(0|[0-9a-z]{32})$/, '0, or 32 lower-case letters and digits');
/** The `metadata.name` of a pool. */
export const poolId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{2,62}[a-z0-9]$/, 'the id of a pool: 4 to 64 lower-case letters, digits and -');

/** A run time from now in milliseconds. */
export const runTime = z
  .int('a whole number of milliseconds')
  .min(leaseBounds.minMs, 'at least 3600000 ms (1 hour)')
  .max(leaseBounds.maxMs, 'at most 259200000 ms (72 hours)');
/** A run time, or -1 for no automatic stop, which no page documents and the Terraform provider sends. */
export const runTimeOrNever = z.union([z.literal(-1), runTime]);
export const leaseType = z.enum(['TIMING', 'IDLE']);

const volumeFields = {
  category: z.enum(['EVS', 'OBS', 'OBSFS', 'EFS', 'SFS']),
  uri: nonEmpty.max(1024, 'at most 1024 characters').optional(),
  mount_path: z.string().startsWith('/', 'an absolute path').max(256, 'at most 256 characters').optional(),
  read_only: z.boolean().optional(),
  dew_secret_name: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, - and _')
    .optional(),
};

/** The main volume, or a further one. */
export const volume = z.strictObject({
  ...volumeFields,
  ownership: z.enum(['MANAGED', 'DEDICATED']),
  /** GB. */
  capacity: z.int('a whole number').min(5, 'at least 5 GB (6331)').max(4096, 'at most 4096 GB (6331)').optional(),
  id: z.string().regex(uuid, 'must be a UUID').optional(),
});

const ipv4 = /^(\d{1,3}\.){3}\d{1,3}$/;

export const endpoints = z.array(
  z.strictObject({
    service: z.enum(['NOTEBOOK', 'SSH']),
    key_pair_names: z.array(nonEmpty).optional(),
    allowed_access_ips: z
      .array(z.string().regex(ipv4, 'a public IPv4 address'))
      .max(5, 'at most 5 addresses')
      .optional(),
  }),
);

const hook = z.strictObject({
  script: nonEmpty,
  type: z.enum(['SCRIPT', 'COMMAND']).optional(),
  mode: z.enum(['ASYNC', 'BLOCK']).optional(),
});

export const hooks = z.strictObject({
  container_hooks: z.strictObject({ pre_start: hook.optional(), post_start: hook.optional() }),
});

/** Hardware of an instance on a dedicated pool, instead of a flavor. */
export const customSpec = z.strictObject({
  cpu: z.number().min(0.4, 'at least 0.4').multipleOf(0.01, 'at most 2 decimals'),
  /** MiB. */
  memory: z.int('a whole number of MiB').min(513, 'at least 513 MiB'),
  gpu: z.number().positive('more than 0').optional(),
  gpu_type: nonEmpty.optional(),
  arch: z.enum(['X86_64', 'AARCH64']).optional(),
  category: z.enum(['CPU', 'GPU']).optional(),
  resource_flavor: nonEmpty.optional(),
});

const affinityRule = z.strictObject({
  key: nonEmpty,
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']),
  values: z.array(z.string()).optional(),
  weight: z.int().min(0).max(100).optional(),
});

export const affinity = z.strictObject({
  required_during_scheduling_ignored_during_execution: z.array(affinityRule).optional(),
  preferred_during_scheduling_ignored_during_execution: z.array(affinityRule).optional(),
});

export const runUser = z.strictObject({ uid: z.int().min(0), gid: z.int().min(0) });

export const userVpc = z.strictObject({
  vpc_id: nonEmpty,
  subnet_id: nonEmpty,
  security_group_ids: z.array(nonEmpty).min(1, 'at least one'),
  connect_cidrs: z.array(nonEmpty).optional(),
  nat_id: nonEmpty.optional(),
  eip_id: nonEmpty.optional(),
});

export const publicNetwork = z.strictObject({
  public_network_type: z.enum(['SHARED', 'EXCLUSIVE', 'FORBIDDEN']),
});

export const tags = z
  .array(
    z.strictObject({
      key: z
        .string()
        .regex(/^[\p{L}\p{N} _.:=+@-]{1,128}$/u, '1 to 128 letters, digits, spaces and _.:=+-@')
        .refine((key) => key.trim() === key && !key.startsWith('_sys_'), 'no outer spaces, and not _sys_'),
      value: z
        .string()
        .regex(/^[\p{L}\p{N} _.:=+@/-]{0,255}$/u, 'at most 255 letters, digits, spaces and _.:=+-@/')
        .optional(),
    }),
  )
  .min(1, 'at least one tag');
