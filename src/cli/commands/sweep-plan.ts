import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { renderPlan } from '../output/plan.js';
import { applyCommand, defineSweep, makePlan, rulesOf, type SweepOptions, whySoMuch } from '../sweeping.js';
import { viewOf } from '../view.js';

/** `maops sweep plan`: what nobody needs any more, as a plan with a hash; deletes nothing. */
export const sweepPlan: Define = (command, run) => {
  defineSweep(command, 'plan')
    .addHelpText('after', example('maops sweep plan', 'maops sweep plan --rules sweep.yaml --json'))
    .action((options: SweepOptions) =>
      run(async (context) => {
        const plan = await makePlan(context, await rulesOf(context, options), options.reason);
        context.result(plan, (shown) => renderPlan(shown, viewOf(context)));
        if (plan.items.length > 0) {
          const how =
            plan.refusal === null ? 'To go on' : `As it is, it would be refused. ${whySoMuch} When it is meant`;
          context.notice(`nothing was deleted. ${how}: ${applyCommand(plan, options)}`);
        }
        return exitCodes.done;
      }),
    );
};
