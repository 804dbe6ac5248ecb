import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Node.js 20 copies every AsyncLocalStorage that was ever used into each new promise. A jest process runs many files,
 * and each loads its own copy of the Temporal SDK with its storages, so every file would slow the files after it. Jest
 * runs this before each file, to disable the storages that earlier files of the process have used.
 */
const usedKey = Symbol.for('modelarts-ops.used-storages');
const prototype: object = AsyncLocalStorage.prototype;

// The prototype belongs to the process; this module is loaded anew for each file.
if (!Reflect.has(prototype, usedKey)) {
  const used = new Set<AsyncLocalStorage<unknown>>();
  const run: (...args: unknown[]) => unknown = Reflect.get(prototype, 'run');
  Reflect.set(prototype, usedKey, used);
  Reflect.set(prototype, 'run', function (this: AsyncLocalStorage<unknown>, ...args: unknown[]) {
    used.add(this);
    return Reflect.apply(run, this, args);
  });
}

const used: Set<AsyncLocalStorage<unknown>> = Reflect.get(prototype, usedKey);
for (const storage of used) storage.disable();
used.clear();
