import { defineChange } from '../changing.js';
import type { Define } from '../command.js';

/** `maops notebook start`: runs as a workflow and waits until the notebook is seen running. */
export const notebookStart: Define = (command, run) => defineChange(command, run, 'notebook', 'start', 'work goes on');
