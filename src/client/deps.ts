import type { Pacer } from './follow.js';
import type { RemovalPlan } from './removal-plan.js';
import type { Runs } from './temporal/run.js';

/** What the methods of `Operations` need; `connect` provides it. */
export interface OperationsDeps {
  readonly runs: Runs;
  /** The actor of commands that name none. */
  readonly actor: string;
  readonly pacer: Pacer;
  readonly newId: () => string;
  /** The plan of a removal as a worker would make it; null where this process cannot read the service. */
  readonly planRemoval: (name: string) => Promise<RemovalPlan | null>;
}
