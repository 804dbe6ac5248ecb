import { z } from 'zod';
import { currentNotebookSchema } from './current-notebook-schema.js';
import { withoutEmpty } from './field.js';
import { historicalNotebookSchema } from './historical-notebook-schema.js';

/** The `notebook` section as it is written: `image` selects the current API, `profileId` the historical one. */
export const notebookSchema = z.union(
  [
    // `api` only repeats what `image` and `profileId` say, so a spec with and without it is the same.
    historicalNotebookSchema.transform(({ api: _api, ...notebook }) => withoutEmpty(notebook)),
    currentNotebookSchema.transform(({ api: _api, ...notebook }) => withoutEmpty(notebook)),
  ],
  { error: 'must be a mapping, such as `{image: IMAGE, flavor: FLAVOR, storage: {type: evs}}`' },
);
