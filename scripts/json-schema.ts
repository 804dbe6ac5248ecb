import { writeFileSync } from 'node:fs';
import { specKinds } from '../src/contract/spec.js';
import { jsonSchema, jsonSchemaFiles } from '../src/spec/json-schema.js';

for (const kind of specKinds) {
  const file = new URL(`../docs/schema/${jsonSchemaFiles[kind]}`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(jsonSchema(kind), null, 2)}\n`);
}
