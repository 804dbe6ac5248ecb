import { defineChange } from '../changing.js';
import type { Define } from '../command.js';

/** `maops notebook stop`: runs as a workflow and waits until the notebook is seen stopped. */
export const notebookStop: Define = (command, run) =>
  defineChange(command, run, 'notebook', 'stop', 'not used over night');
