import { cancellationSignal } from '@temporalio/activity';
import { type Choice, type FlavorFacts, firstOnSale } from '../domain/flavor.js';
import { readingPatiently } from './calls.js';
import type { ActivityDeps } from './deps.js';
import { flavorFacts } from './facts.js';
import { pending } from './waiting.js';

/** Activities on resource flavors (pools-and-flavors.md 4.1). */
export function flavorActivities(deps: ActivityDeps) {
  async function look(names: readonly string[], signal: AbortSignal): Promise<FlavorFacts[]> {
    const found: FlavorFacts[] = [];
    for await (const flavor of deps.modelarts.flavors.list({}, { signal })) {
      if (names.includes(flavor.metadata.name)) found.push(flavorFacts(flavor));
    }
    return found;
  }

  return {
    /** Sale status of the named flavors; one that is not listed is missing from the answer. */
    async lookAtFlavors(input: { names: readonly string[] }): Promise<FlavorFacts[]> {
      return await readingPatiently(({ signal }) => look(input.names, signal));
    },

    /** Waits in bounded windows until one of the choices is on sale; returns its index. */
    async awaitCapacity(input: { choices: readonly Choice[] }): Promise<number> {
      const names = [...new Set(input.choices.flatMap(({ resources }) => resources.map(({ flavor }) => flavor)))];
      const signal = AbortSignal.any([cancellationSignal(), deps.shutdown]);
      const until = deps.now() + deps.settings.windowMs;
      let latest = 'sold out';
      for (;;) {
        try {
          const choice = firstOnSale(input.choices, await look(names, signal), 0);
          if (choice !== null) return choice;
          latest = 'sold out';
        } catch (error) {
          if (signal.aborted) break;
          latest = error instanceof Error ? error.message : String(error);
        }
        if (deps.now() >= until) break;
        await deps.sleep(deps.settings.pollMaxMs, signal).catch(() => undefined);
        if (signal.aborted) break;
      }
      cancellationSignal().throwIfAborted();
      throw pending(`${names.join(', ')}: ${latest}`, 1);
    },
  };
}
