import { writeFileSync } from 'node:fs';
import { jsonSchemaFiles } from '../src/spec/json-schema.js';

/** Generates docs/schema/. A test compares it. */
for (const { name, text } of jsonSchemaFiles()) writeFileSync(`docs/schema/${name}`, text);
