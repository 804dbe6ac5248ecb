import type { Define } from '../command.js';
import { defineDelete } from '../deletion.js';

/** `maops notebook delete`: stops and deletes a notebook that `notebook create` made; one of an environment is refused. */
export const notebookDelete: Define = (command, run) => defineDelete(command, run, 'notebook');
