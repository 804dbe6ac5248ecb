import {
  type Choice,
  describeSoldOut,
  type FlavorFacts,
  firstOnSale,
  flavorsOf,
} from '../../domain/resource/flavor.js';
import { flavorFacts } from '../../inventory/flavor-facts.js';
import { readWithRetries } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { inPollWindow } from './waiting.js';

/** Activities on resource flavors (docs/api/pools-and-flavors.md "4.1 Resource flavors"). */
export function flavorActivities(deps: ActivityDeps) {
  async function read(names: readonly string[], signal: AbortSignal): Promise<FlavorFacts[]> {
    const found: FlavorFacts[] = [];
    for await (const flavor of deps.modelarts.flavors.list({}, { signal })) {
      if (names.includes(flavor.metadata.name)) found.push(flavorFacts(flavor));
    }
    return found;
  }

  return {
    /** Reads the sale status of the named flavors. A flavor that is not listed is missing from the result. */
    async readFlavors(input: { names: readonly string[] }): Promise<FlavorFacts[]> {
      return await readWithRetries(({ signal }) => read(input.names, signal));
    },

    /** Waits in one poll window until one of the choices is on sale; returns its index. */
    async awaitCapacity(input: { choices: readonly Choice[] }): Promise<number> {
      const names = flavorsOf(input.choices);
      return await inPollWindow(deps, `capacity for ${names.join(', ')}`, (finish, report) => {
        const seen = new Map<string, FlavorFacts>();
        const unsubscribe = names.map((name) =>
          deps.watchers.flavors.subscribe(name, (observed) => {
            if (observed.error !== undefined) {
              report(`${name}: ${observed.error.message}`);
              return;
            }
            seen.set(name, observed.item === null ? { name, sale: {} } : flavorFacts(observed.item));
            report(describeSoldOut(input.choices));
            const choice = seen.size < names.length ? null : firstOnSale(input.choices, [...seen.values()], 0);
            if (choice !== null) finish(choice);
          }),
        );
        return () => {
          for (const stop of unsubscribe) stop();
        };
      });
    },
  };
}
