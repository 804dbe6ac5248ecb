import type { Define } from '../command.js';
import { defineCreate } from '../creation.js';
import { dryRun } from '../dry-run.js';

/** `maops env create`: starts the main job, or joins it when it runs with the same spec. */
export const envCreate: Define = (command, run) => defineCreate(command, run, 'env', 'examples/team-a.yaml', dryRun);
