import type { Define } from '../command.js';
import { defineCreate } from '../creation.js';

/** `maops pool create`: the pool part of the main job alone. */
export const poolCreate: Define = (command, run) => defineCreate(command, run, 'pool', 'examples/pool-only.yaml');
