import { type Define, example } from '../command.js';
import { exitCodes } from '../exit.js';
import { renderPlan } from '../render/plan.js';
import { defineSweep, makePlan, rulesOf, type SweepOptions } from '../sweeping.js';

/** `maops sweep plan`: what nobody needs any more, as a plan with a hash; deletes nothing. */
export const sweepPlan: Define = (command, run) => {
  defineSweep(command, 'plan')
    .addHelpText('after', example('maops sweep plan', 'maops sweep plan --rules sweep.yaml --json'))
    .action((options: SweepOptions) =>
      run(async (context) => {
        const plan = await makePlan(context, await rulesOf(context, options), options.reason);
        context.result(plan, renderPlan(plan, context.terminal.timeZone));
        if (plan.items.length > 0 && plan.refusal === null) {
          const same = options.rules === undefined ? '' : ` --rules ${options.rules}`;
          const share = options.maxShare === undefined ? '' : ` --max-share ${options.maxShare}`;
          context.notice(`nothing was deleted. To go on: maops sweep apply --hash ${plan.hash} --yes${same}${share}`);
        }
        return exitCodes.done;
      }),
    );
};
