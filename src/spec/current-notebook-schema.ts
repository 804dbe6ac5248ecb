import { z } from 'zod';
import type { NotebookVolume } from '../contract/spec.js';
import {
  choice,
  description,
  duration,
  durationMessage,
  flag,
  listOf,
  section,
  text,
  textLike,
  wholeNumber,
} from './field.js';

/**
 * Size that the service gives an EVS volume by default (docs/api/notebooks-current.md "2.2 `volume` and
 * `data_volumes[]`").
 */
const defaultVolumeSize = 5;

const path = z
  .string({ error: 'must be an absolute path, such as /data/in' })
  .regex(/^\/.{0,255}$/, { error: 'must be an absolute path of at most 256 characters, such as /data/in' });
const volumeTypes = ['evs', 'efs', 'obs', 'obsfs'] as const;

/** One volume. current-notebook-rules.ts says which field belongs to which type. */
const volume = section(
  {
    type: choice(volumeTypes),
    ownership: choice(['managed', 'dedicated'])
      .exactOptional()
      .describe('managed: deleted with the notebook. Default: managed, or dedicated when uri or id is given'),
    volumeSize: wholeNumber(5, 4096, 'must be a number of GB without a unit, 5 to 4096, such as 50')
      .exactOptional()
      .describe('managed evs and efs: size in GB. Default for evs: 5'),
    uri: textLike(/^.{1,1024}$/s, 'must be text of at most 1024 characters', 0)
      .exactOptional()
      .describe('dedicated: the place, such as obs://bucket/folder/ or the path of an SFS Turbo'),
    id: uuidOf('an SFS Turbo').exactOptional().describe('dedicated efs: the id of the SFS Turbo'),
    mountPath: path.exactOptional(),
    readOnly: flag.exactOptional(),
    secretName: textLike(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, - and _', 0)
      .exactOptional()
      .describe('obs: the name of a stored credential'),
  },
  '{type: evs, volumeSize: 50}',
).transform(({ type, ownership, volumeSize, ...written }): NotebookVolume => {
  const isPlaced = written.uri !== undefined || written.id !== undefined || type.startsWith('obs');
  const owned = ownership ?? (isPlaced ? 'dedicated' : 'managed');
  const size = volumeSize ?? (type === 'evs' && owned === 'managed' ? defaultVolumeSize : undefined);
  return { type, ownership: owned, ...(size === undefined ? {} : { volumeSize: size }), ...written };
});

const autoStop = z.union([duration, z.literal('never')], {
  error: (issue) => `${durationMessage(issue.input)}, or never`,
});

const hook = section(
  {
    script: path.exactOptional().describe('Path of a script'),
    command: text.exactOptional().describe('A command instead of a script'),
    mode: choice(['async', 'block']).exactOptional(),
  },
  '{script: /home/ma-user/work/start.sh}',
);

const customSpec = section(
  {
    cpu: z
      .number({ error: 'must be a number of CPUs, at least 0.4, with at most 2 decimals' })
      .min(0.4, { error: 'must be at least 0.4' })
      .multipleOf(0.01, { error: 'must have at most 2 decimals' }),
    memory: wholeNumber(513, 100_000_000, 'must be a number of MiB without a unit, at least 513, such as 8192'),
    gpu: z.number({ error: 'must be a number of GPUs' }).positive({ error: 'must be more than 0' }).exactOptional(),
    gpuType: text.exactOptional(),
    arch: choice(['X86_64', 'AARCH64']).exactOptional(),
    nodeFlavor: text.exactOptional().describe('The flavor of the nodes to run on'),
  },
  '{cpu: 4, memory: 8192}',
);

const ssh = section(
  {
    keyPairs: listOf(text, 'names of key pairs', 1),
    allowedIps: listOf(z.ipv4({ error: 'must be a public IPv4 address, such as 203.0.113.7' }), 'IPv4 addresses')
      .max(5, { error: 'must have at most 5 addresses' })
      .exactOptional()
      .describe('Default: every address'),
  },
  '{keyPairs: [ops]}',
);

const tagKey = z.string().regex(/^(?!_sys_)(?! )[\p{L}\p{N} _.:=+@-]{1,128}(?<! )$/u, {
  error: 'must be 1 to 128 letters, digits, spaces and _.:=+-@, without outer spaces and _sys_',
});
const tagValue = textLike(
  /^[\p{L}\p{N} _.:=+@/-]{0,255}$/u,
  'must be at most 255 letters, digits, spaces and _.:=+-@/',
  0,
);

/** The `notebook` section of the current API as it is written (docs/api/notebooks-current.md "2. Create"). */
export const currentNotebookSchema = section({
  api: z.literal('current', { error: 'must be current, because `image` selects the current API' }).exactOptional(),
  name: textLike(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 characters of letters, digits, - and _', 0)
    .exactOptional()
    .describe('Default: the name of the environment'),
  image: text.describe('Name or id of an image. List images with `maops image list`'),
  flavor: text.exactOptional().describe('Required without customSpec'),
  customSpec: customSpec.exactOptional().describe('Hardware on a pool, instead of a flavor'),
  storage: volume,
  dataVolumes: listOf(volume, 'volumes').exactOptional().describe('More volumes'),
  autoStop: autoStop.exactOptional().describe('From 1h to 72h, or never. Default: the end of the lease, or 72h'),
  ssh: ssh.exactOptional(),
  hooks: section({ preStart: hook.exactOptional(), postStart: hook.exactOptional() }).exactOptional(),
  tags: z
    .record(tagKey, tagValue, { error: 'must be a mapping of keys to text, such as `{team: a}`' })
    .exactOptional()
    .describe('Set once the notebook runs'),
  description: description(512, '&<>"\'/').exactOptional(),
  workspaceId: textLike(/^(0|[0-9a-z]{32})$/, 'must be 0, or 32 lower-case letters and digits', 0, 0).exactOptional(),
  pool: section(
    {
      id: textLike(
        /^[a-z][a-z0-9-]{2,62}[a-z0-9]$/,
        'must be the id of a pool: 4 to 64 lower-case letters, digits and -',
        1,
        0,
      ),
    },
    '{id: POOL}',
  )
    .exactOptional()
    .describe('launchNotebook only. Other workflows set the pool that they create'),
});

function uuidOf(what: string) {
  return z
    .string({ error: `must be the UUID of ${what}` })
    .regex(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i, { error: `must be the UUID of ${what}` });
}
