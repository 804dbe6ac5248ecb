import { writeFileSync } from 'node:fs';
import { configurationPage } from '../src/config/page.js';

/** Generates docs/configuration.md. A test compares it. */
writeFileSync('docs/configuration.md', configurationPage());
