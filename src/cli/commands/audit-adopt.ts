import { type Define, example, offerReason } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { adoptionOf, renderAdoption } from '../output/adoption.js';
import { viewOf } from '../view.js';

/** `maops audit adopt`: gives an orphan an owner again, its lease. */
export const auditAdopt: Define = (command, run) => {
  command.argument('<id>', 'the id of the pool or notebook, or its name');
  offerReason(command, 'why; it is kept in the audit', 'adopted')
    .addHelpText('after', example('maops audit adopt team-a', "maops audit adopt team-a --reason 'still in use'"))
    .action((id: string, { reason }: { readonly reason: string }) =>
      run(async (context) => {
        const operations = await context.operations();
        context.onInterrupt('interrupted: the adoption goes on; `maops audit` says what came of it');
        const report = await operations.adopt(id, { reason }, { signal: context.interrupted });
        const adoption = adoptionOf(report, id);
        // It has counted, so a lease that does not answer at once is no failure.
        const lease = adoption === null ? null : await operations.progress(adoption.lease).catch(() => null);
        context.result(report, (shown) =>
          renderAdoption(id, adoptionOf(shown, id), lease?.lease ?? null, viewOf(context)),
        );
        return exitCodes.done;
      }),
    );
};
