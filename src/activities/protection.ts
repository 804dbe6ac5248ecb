import { ApplicationFailure } from '@temporalio/common';
import type { InventoryItem } from '../domain/inventory.js';
import { isProtected, parseMarker, withProtection } from '../domain/marker.js';
import type { RequestOptions } from '../modelarts/request-options.js';
import { orAbsent, reading, readingPatiently } from './calls.js';
import type { ActivityDeps } from './deps.js';
import { pending } from './waiting.js';

/** One resource whose description carries the operator's mark, or is to. */
export interface Protectable {
  readonly kind: InventoryItem['kind'];
  readonly id: string;
  readonly createdAt: string;
  /** What it is to be. */
  readonly isProtected: boolean;
}

const descriptionKey = 'os.modelarts/description';

/** Activities on the mark `maops:keep` (design section 2). */
export function protectionActivities(deps: ActivityDeps) {
  const { pools, notebooks } = deps.modelarts;

  /** One answer may leave the description out; what is written in its place would lose the marker that stands in it. */
  function shown({ kind, id }: Protectable, description: string | null | undefined): string {
    if (description != null) return description;
    throw pending(`${kind} ${id} does not show its description`, deps.settings.pollMinMs);
  }

  /** The whole description as a show gives it; null when the resource is gone or was made anew. */
  async function describe(input: Protectable, options: RequestOptions): Promise<string | null> {
    const { kind, id, createdAt } = input;
    if (kind === 'pool') {
      const pool = await orAbsent(pools.show(id, options));
      const isSame = pool?.metadata.creationTimestamp === createdAt;
      return isSame ? shown(input, pool.metadata.annotations[descriptionKey]) : null;
    }
    const notebook = await orAbsent(notebooks.show(id, options));
    const isSame = notebook?.creation_timestamp === createdAt && notebook.status !== 'DELETED';
    // Only the description is protected; the marker may stand in an annotation when somebody has edited it away.
    return isSame ? shown(input, notebook.description) : null;
  }

  return {
    /**
     * Sets or clears the mark in a resource's description and leaves the rest of it as it is. Looks first: what is so
     * already is not written again, and what is not the same resource any more is not written to.
     */
    async setProtection(input: Protectable): Promise<'set' | 'already' | 'gone'> {
      return await reading(async (options) => {
        const description = await describe(input, options);
        if (description === null) return 'gone';
        if (isProtected(description) === input.isProtected) return 'already';
        const marker = parseMarker(description);
        if (marker !== null && marker.installation !== deps.installation) throw notOurs(input);
        const changed = withProtection(description, input.isProtected);
        if (input.kind === 'pool') {
          await pools.patch(input.id, { metadata: { annotations: { [descriptionKey]: changed } } }, options);
        } else {
          await notebooks.update(input.id, { description: changed }, options);
        }
        return 'set';
      });
    },

    /** Waits until a show has the mark, or has it no more: what is only sent may still be lost. */
    async seeProtection(input: Protectable): Promise<'seen' | 'gone'> {
      const description = await readingPatiently((options) => describe(input, options));
      if (description === null) return 'gone';
      if (isProtected(description) === input.isProtected) return 'seen';
      const wanted = input.isProtected ? 'does not show maops:keep yet' : 'still shows maops:keep';
      throw pending(`${input.kind} ${input.id} ${wanted}`, deps.settings.pollMinMs);
    },
  };
}

function notOurs({ kind, id }: Protectable): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'RequestRejected',
    message: `${kind} ${id} carries another installation's marker by now`,
    nonRetryable: true,
    details: [{ errorCode: null, requestId: null, hint: 'Only the installation that made it may change it.' }],
  });
}
