import type { ResourceRef } from '../../contract/workflows.js';
import { type CommandOutcome, notSent } from '../../domain/resource/command-outcome.js';
import { maybeSame } from '../../domain/resource/identity.js';
import type { NotebookFacts } from '../../domain/resource/notebook.js';
import type { RequestOptions } from '../../modelarts/request-options.js';
import { type CommandedResource, orAbsent, refuseProtected, sendCommand } from '../api-call.js';

/** What a response of either notebook API has. */
interface ShownNotebook {
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  readonly description?: string | undefined;
}

/** Reads and commands single notebooks. `show` and `factsOf` belong to one of the two notebook APIs. */
export function notebookById<Shown extends ShownNotebook>(
  show: (id: string, options: RequestOptions) => Promise<Shown>,
  factsOf: (shown: Shown) => NotebookFacts,
) {
  return {
    /** Reads a notebook by its id; null when it is gone, or another one has the id. */
    async showIfSame(ref: ResourceRef, options: RequestOptions): Promise<NotebookFacts | null> {
      const shown = await orAbsent(show(ref.id, options));
      const facts = shown === null ? null : factsOf(shown);
      return facts !== null && maybeSame(facts, ref) ? facts : null;
    },

    /** Sends a command if the notebook is still the observed one and is not protected by now. */
    async commandIfSame(
      ref: CommandedResource,
      command: (options: RequestOptions) => Promise<unknown>,
    ): Promise<CommandOutcome> {
      return await sendCommand(async (options) => {
        const shown = await orAbsent(show(ref.id, options));
        if (shown === null || shown.status === 'DELETED') return notSent('gone', `notebook ${ref.id}`);
        const label = `notebook ${shown.name ?? ref.id}`;
        if (!maybeSame(factsOf(shown), ref)) return notSent('replaced', label);
        refuseProtected(ref, label, shown.description);
        await command(options);
        return undefined;
      });
    },
  };
}
