import { writeFileSync } from 'node:fs';
import { readCatalogue } from '../src/cli/catalogue.js';
import { commandLinePage } from '../src/cli/page.js';

/** Writes docs/cli.md. A test compares it. */
writeFileSync('docs/cli.md', commandLinePage(readCatalogue()));
