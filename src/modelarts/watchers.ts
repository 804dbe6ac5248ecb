import type { WatcherOptions } from './watcher.js';

/** What all kinds of watchers take. */
export type WatchersOptions = Pick<WatcherOptions<unknown>, 'pace'> &
  Partial<Pick<WatcherOptions<unknown>, 'now' | 'sleep' | 'random' | 'signal'>>;
