import type { Define } from '../command.js';
import { defineDelete } from '../deletion.js';

/** `maops pool delete`: deletes a pool that `pool create` made; one of an environment is refused. */
export const poolDelete: Define = (command, run) => defineDelete(command, run, 'pool');
