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
  withoutEmpty,
} from './field.js';

/** Size of an EVS volume that the service makes when none is asked for (docs/api/notebooks-and-auth.md "2.1 O1 create"). */
const defaultVolumeSize = 5;

/** One storage, flat; which field goes with which type is in notebook-rules.ts (docs/api/notebooks-and-auth.md "2.2 Cross-field rules for O1", R1 to R5). */
const storage = section({
  type: choice(['obs', 'obsfs', 'evs']),
  path: text
    .exactOptional()
    .describe('obs: a folder such as /bucket/folder/; obsfs: the name of a parallel file system'),
  volumeSize: wholeNumber(5, 4096).exactOptional().describe('evs: GB, 5 when left out'),
  mountPath: text.exactOptional().describe('obsfs only'),
  accessModes: choice(['ReadOnlyMany', 'ReadWriteMany']).exactOptional().describe('obsfs only'),
}).transform(
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

const pool = section({
  id: text,
  type: text.exactOptional(),
  name: text.exactOptional(),
  owner: section({ projectId: text }).exactOptional(),
});

/** The `notebook` section as people write it (docs/api/notebooks-and-auth.md "2.1 O1 create"). */
export const notebookSchema = section({
  name: textLike(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, - or _', 0)
    .exactOptional()
    .describe("The environment's name when left out"),
  profileId: text.describe('The image, such as Multi-Engine 1.0 (python3)-gpu'),
  flavor: text,
  storage,
  extendStorage: listOf(storage, 'storages').exactOptional().describe('Further storage, only obsfs, only on a pool'),
  autoStop: autoStop.exactOptional().describe('From 1h to 24h'),
  description: description(512, '&<>"\'/').exactOptional(),
  annotations: z
    .record(z.string(), flagText, { error: 'must be a group of keys with text' })
    .exactOptional()
    .describe('Free keys and text'),
  workspaceId: text.exactOptional(),
  aiProject: text.exactOptional(),
  pool: pool.exactOptional().describe('Only for launchNotebook; the main job fills in the pool that it makes'),
}).transform(withoutEmpty);
