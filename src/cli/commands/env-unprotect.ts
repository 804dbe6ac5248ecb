import { defineChange } from '../changing.js';
import type { Define } from '../command.js';

/** `maops env unprotect`: clears the mark, so that sweeps, teardowns and the end of a lease may delete again. */
export const envUnprotect: Define = (command, run) =>
  defineChange(command, run, 'environment', 'unprotect', 'the demo is over');
