import type { ApplicationFailure } from '@temporalio/common';
import { makeFailure } from '../../contract/failures.js';
import { type CommandOutcome, type NotSent, notSent, sent } from '../../domain/resource/command-outcome.js';
import { aimAt, maybeSame } from '../../domain/resource/identity.js';
import type { Instant } from '../../domain/resource/instant.js';
import type { InventoryItem } from '../../domain/resource/inventory.js';
import { isMarkedBy, isProtected, parseMarker, withProtection } from '../../domain/resource/marker.js';
import type { RequestOptions } from '../../modelarts/request-options.js';
import { orAbsent, reading, readingPatiently } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { pending } from '../resource/waiting.js';

/** One resource whose description carries the operator's mark, or is to. */
export interface Protectable {
  readonly kind: InventoryItem['kind'];
  readonly id: string;
  readonly createdAt: Instant;
  /** What it is to be. */
  readonly isProtected: boolean;
}

const descriptionKey = 'os.modelarts/description';

/** Activities on the mark `maops:keep`. */
export function protectionActivities(deps: ActivityDeps) {
  const { pools, notebooks } = deps.modelarts;
  const { pollMinMs } = deps.settings;

  /** One answer may leave the description out; what is written in its place would lose the marker that stands in it. */
  function shown({ kind, id }: Protectable, description: string | null | undefined): string {
    if (description != null) return description;
    throw pending(`${kind} ${id} does not show its description`, pollMinMs);
  }

  /** The whole description as a show gives it, or why there is nothing to write to. */
  async function describe(input: Protectable, options: RequestOptions): Promise<string | NotSent> {
    const { kind, id } = input;
    const label = `${kind} ${id}`;
    if (kind === 'pool') {
      const pool = await orAbsent(pools.show(id, options));
      if (pool === null) return notSent('gone', label);
      const description = pool.metadata.annotations[descriptionKey];
      const isMarkedOurs = isMarkedBy(parseMarker(description), deps.installation);
      const facts = { id, createdAt: pool.metadata.creationTimestamp ?? null };
      const aim = aimAt(input, facts, isMarkedOurs);
      if (aim === 'replaced') return notSent('replaced', label);
      if (aim === 'undecided') throw pending(`${label} shows neither its creation time nor our marker`, pollMinMs);
      return shown(input, description);
    }
    const notebook = await orAbsent(notebooks.show(id, options));
    if (notebook === null || notebook.status === 'DELETED') return notSent('gone', label);
    if (!maybeSame({ id, createdAt: notebook.creation_timestamp ?? null }, input)) return notSent('replaced', label);
    // Only the description is protected; the marker may stand in an annotation when somebody has edited it away.
    return shown(input, notebook.description);
  }

  return {
    /**
     * Sets or clears the mark in a resource's description and leaves the rest of it as it is. Looks first: what is so
     * already is not written again, and what is not the same resource any more is not written to.
     */
    async setProtection(input: Protectable): Promise<CommandOutcome> {
      return await reading(async (options) => {
        const description = await describe(input, options);
        if (typeof description !== 'string') return description;
        if (isProtected(description) === input.isProtected) return notSent('already', `${input.kind} ${input.id}`);
        const marker = parseMarker(description);
        if (marker !== null && !isMarkedBy(marker, deps.installation)) throw notOurs(input);
        const changed = withProtection(description, input.isProtected);
        if (input.kind === 'pool') {
          await pools.patch(input.id, { metadata: { annotations: { [descriptionKey]: changed } } }, options);
        } else {
          await notebooks.update(input.id, { description: changed }, options);
        }
        return sent;
      });
    },

    /** Waits until a show has the mark, or has it no more: what is only sent may still be lost. */
    async seeProtection(input: Protectable): Promise<'seen' | 'gone'> {
      const description = await readingPatiently((options) => describe(input, options));
      if (typeof description !== 'string') return 'gone';
      if (isProtected(description) === input.isProtected) return 'seen';
      const wanted = input.isProtected ? 'does not show maops:keep yet' : 'still shows maops:keep';
      throw pending(`${input.kind} ${input.id} ${wanted}`, pollMinMs);
    },
  };
}

function notOurs({ kind, id }: Protectable): ApplicationFailure {
  return makeFailure('RequestRejected', `${kind} ${id} now carries the marker of another installation`, {
    hint: 'Only the installation that created it may change it.',
  });
}
