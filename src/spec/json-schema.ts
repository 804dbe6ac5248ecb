import { jsonSchemaOf } from './document.js';
import { specSchemas } from './spec-schema.js';
import { rulesSchema } from './sweep-rules.js';

const schemas = {
  'environment.schema.json': specSchemas.provisionPoolThenLaunchNotebook,
  'pool.schema.json': specSchemas.provisionPool,
  'notebook.schema.json': specSchemas.launchNotebook,
  'sweep-rules.schema.json': rulesSchema,
};

/** The files in docs/schema/, which editors use. Rules that concern several fields are not part of them. */
export function jsonSchemaFiles(): { readonly name: string; readonly text: string }[] {
  return Object.entries(schemas).map(([name, schema]) => ({
    name,
    text: `${JSON.stringify(jsonSchemaOf(schema), null, 2)}\n`,
  }));
}
