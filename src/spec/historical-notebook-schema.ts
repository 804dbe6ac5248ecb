import { z } from 'zod';
import type { NotebookStorage } from '../contract/spec.js';
import {
  choice,
  description,
  duration,
  durationMessage,
  flag,
  flagText,
  listOf,
  section,
  text,
  textLike,
  wholeNumber,
} from './field.js';

/** Size that the service gives an EVS volume by default (docs/api/notebooks-and-auth.md "2.1 O1 create"). */
const defaultVolumeSize = 5;

/**
 * One storage. notebook-rules.ts says which field belongs to which type (docs/api/notebooks-and-auth.md "2.2
 * Cross-field rules for O1", R1 to R5).
 */
const storage = section(
  {
    type: choice(['obs', 'obsfs', 'evs']),
    path: text
      .exactOptional()
      .describe('obs: a folder, such as /bucket/folder/; obsfs: name of a parallel file system'),
    volumeSize: wholeNumber(5, 4096, 'must be a number of GB without a unit, 5 to 4096, such as 50')
      .exactOptional()
      .describe('evs: size in GB. Default: 5'),
    mountPath: text.exactOptional().describe('obsfs only'),
    accessModes: choice(['ReadOnlyMany', 'ReadWriteMany']).exactOptional().describe('obsfs only'),
  },
  '{type: evs}',
).transform(
  (written): NotebookStorage => (written.type === 'evs' ? { volumeSize: defaultVolumeSize, ...written } : written),
);

const autoStop = z
  .union(
    [
      duration,
      section({ enable: flag, duration: duration.exactOptional(), prompt: flag.exactOptional() }).describe(
        'duration is required when enable is true',
      ),
    ],
    { error: (issue) => durationMessage(issue.input) },
  )
  .transform((written) => (typeof written === 'string' ? { enable: true, duration: written } : written));

const pool = section(
  {
    id: text,
    type: text.exactOptional(),
    name: text.exactOptional(),
    owner: section({ projectId: text }).exactOptional(),
  },
  '{id: POOL}',
);

/** The `notebook` section of the historical API as it is written (docs/api/notebooks-and-auth.md "2.1 O1 create"). */
export const historicalNotebookSchema = section({
  api: z
    .literal('historical', { error: 'must be historical, because `profileId` selects the historical API' })
    .exactOptional(),
  name: textLike(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 characters of letters, digits, - and _', 0)
    .exactOptional()
    .describe('Default: the name of the environment'),
  profileId: text.describe('Image, such as Multi-Engine 1.0 (python3)-gpu'),
  flavor: text,
  storage,
  extendStorage: listOf(storage, 'storages').exactOptional().describe('More storage: obsfs only, and only on a pool'),
  autoStop: autoStop.exactOptional().describe('From 1h to 24h'),
  description: description(512, '&<>"\'/').exactOptional(),
  annotations: z
    .record(z.string(), flagText, { error: 'must be a mapping of keys to text, such as `{team: a}`' })
    .exactOptional()
    .describe('Any keys, with text'),
  workspaceId: text.exactOptional(),
  aiProject: text.exactOptional(),
  pool: pool.exactOptional().describe('launchNotebook only. Other workflows set the pool that they create'),
});
