import { writeFileSync } from 'node:fs';
import { specKinds } from '../src/contract/spec.js';
import { jsonSchema, jsonSchemaFiles } from '../src/spec/json-schema.js';
import { sweepRulesJsonSchema } from '../src/spec/sweep-rules.js';

for (const kind of specKinds) {
  const file = new URL(`../docs/schema/${jsonSchemaFiles[kind]}`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(jsonSchema(kind), null, 2)}\n`);
}
const rules = new URL('../docs/schema/sweep-rules.schema.json', import.meta.url);
writeFileSync(rules, `${JSON.stringify(sweepRulesJsonSchema(), null, 2)}\n`);
