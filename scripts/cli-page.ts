import { writeFileSync } from 'node:fs';
import { readCatalogue } from '../src/client/cli/catalogue.js';
import { commandLinePage } from '../src/client/cli/page.js';

/** Writes docs/cli.md anew; a test compares it. */
writeFileSync('docs/cli.md', commandLinePage(await readCatalogue()));
