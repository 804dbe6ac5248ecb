import type { ApplicationFailure } from '@temporalio/common';
import { makeFailure } from '../../contract/failures.js';
import { type CommandOutcome, type NotSent, notSent, sent } from '../../domain/resource/command-outcome.js';
import { aimAt, maybeSame } from '../../domain/resource/identity.js';
import { type Instant, instantOf } from '../../domain/resource/instant.js';
import type { InventoryItem } from '../../domain/resource/inventory.js';
import { isMarkedBy, isProtected, parseMarker, withProtection } from '../../domain/resource/marker.js';
import { notebookApiOf } from '../../domain/resource/notebook.js';
import type { RequestOptions } from '../../modelarts/request-options.js';
import { orAbsent, readOrFail, readWithRetries } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { pending } from '../resource/waiting.js';

/** One resource to protect or unprotect. */
export interface Protectable {
  readonly kind: InventoryItem['kind'];
  readonly id: string;
  readonly createdAt: Instant;
  /** The wanted state. */
  readonly isProtected: boolean;
}

const descriptionKey = 'os.modelarts/description';

/** Activities that set and clear `maops:keep`. */
export function protectionActivities(deps: ActivityDeps) {
  const { pools, notebooks, currentNotebooks } = deps.modelarts;
  const { pollMinMs } = deps.settings;

  /** A response may lack the description. Writing a new one would then lose the marker in it. */
  function shown({ kind, id }: Protectable, description: string | null | undefined): string {
    if (description != null) return description;
    throw pending(`${kind} ${id} does not show its description`, pollMinMs);
  }

  async function showNotebook(id: string, options: RequestOptions) {
    if (notebookApiOf(id) === 'historical') {
      const { status, description, creation_timestamp: createdAt = null } = await notebooks.show(id, options);
      return { status, description, createdAt };
    }
    const { status, description, create_at } = await currentNotebooks.show(id, options);
    return { status, description, createdAt: instantOf(create_at) };
  }

  /** The whole description, or why the resource cannot be changed. */
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
    const notebook = await orAbsent(showNotebook(id, options));
    if (notebook === null || notebook.status === 'DELETED') return notSent('gone', label);
    if (!maybeSame({ id, createdAt: notebook.createdAt }, input)) return notSent('replaced', label);
    // Protection is only in the description. The marker may be in an annotation after an edit of the description.
    return shown(input, notebook.description);
  }

  return {
    /**
     * Sets or clears the protection and keeps the rest of the description. Nothing is written when the state is already
     * the wanted one, or when the resource was replaced.
     */
    async setProtection(input: Protectable): Promise<CommandOutcome> {
      return await readOrFail(async (options) => {
        const description = await describe(input, options);
        if (typeof description !== 'string') return description;
        if (isProtected(description) === input.isProtected) return notSent('already', `${input.kind} ${input.id}`);
        const marker = parseMarker(description);
        if (marker !== null && !isMarkedBy(marker, deps.installation)) throw notOurs(input);
        const changed = withProtection(description, input.isProtected);
        if (input.kind === 'pool') {
          await pools.patch(input.id, { metadata: { annotations: { [descriptionKey]: changed } } }, options);
        } else {
          // The documentation lets only a stopped notebook of the current API be updated, and the service all of them
          // (docs/api/notebooks-current.md "5. Update (C5)").
          const of = notebookApiOf(input.id) === 'historical' ? notebooks : currentNotebooks;
          await of.update(input.id, { description: changed }, options);
        }
        return sent;
      });
    },

    /** Waits until a read shows the change, because an accepted request may still be lost. */
    async seeProtection(input: Protectable): Promise<'seen' | 'gone'> {
      const description = await readWithRetries((options) => describe(input, options));
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
