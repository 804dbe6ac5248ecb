import { writeFileSync } from 'node:fs';
import { configurationPage } from '../src/config/page.js';

/** Writes docs/configuration.md anew; a test compares it. */
writeFileSync('docs/configuration.md', configurationPage());
