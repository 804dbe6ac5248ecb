import type { Spec } from '../../contract/spec.js';
import { readSpecFacts } from '../../inventory/spec-facts.js';
import { checkFeasibility } from '../../spec/feasibility.js';
import { readOrFail } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { invalidSpec } from '../operation/arguments.js';

/** Activities that ask, before anything is created, whether it can succeed. */
export function feasibilityActivities(deps: ActivityDeps) {
  return {
    /** Fails with `InvalidSpec` and every problem listed when the run would fail after it has created something. */
    async checkFeasibility({ spec }: { spec: Spec }): Promise<void> {
      const facts = await readOrFail(({ signal }) => readSpecFacts(deps.modelarts, spec, signal));
      const { problems } = checkFeasibility(spec, facts);
      if (problems.length > 0) throw invalidSpec(problems);
    },
  };
}
