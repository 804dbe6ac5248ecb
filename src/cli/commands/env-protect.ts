import { defineChange } from '../changing.js';
import type { Define } from '../command.js';

/** `maops env protect`: runs as a workflow and waits until the pool and the notebook are seen with the mark. */
export const envProtect: Define = (command, run) =>
  defineChange(command, run, 'environment', 'protect', 'the demo is on Friday');
