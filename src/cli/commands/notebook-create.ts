import type { Define } from '../command.js';
import { defineCreate } from '../creation.js';

/** `maops notebook create`: a notebook alone, on an existing pool or on a public flavor. */
export const notebookCreate: Define = (command, run) =>
  defineCreate(command, run, 'notebook', 'examples/notebook-only.yaml');
