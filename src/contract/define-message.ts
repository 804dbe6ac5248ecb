import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';

// As `defineSignal` and its siblings of the SDK, whose package for workflows the command line would load only for these
// names.

export function defineSignal<Args extends unknown[]>(name: string): SignalDefinition<Args> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand of the types does not exist at run-time
  return { type: 'signal', name } as SignalDefinition<Args>;
}

export function defineQuery<Result, Args extends unknown[] = []>(name: string): QueryDefinition<Result, Args> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand of the types does not exist at run-time
  return { type: 'query', name } as QueryDefinition<Result, Args>;
}

export function defineUpdate<Result, Args extends unknown[]>(name: string): UpdateDefinition<Result, Args> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand of the types does not exist at run-time
  return { type: 'update', name } as UpdateDefinition<Result, Args>;
}
