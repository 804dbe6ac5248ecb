import type { Progress } from '../../../src/contract/progress.js';
import type { Stage } from './chaos-deeds.js';
import type { ChaosStory } from './chaos-story.js';
import type { Dice } from './dice.js';

const by = 'chaos';
const longestThought = 600;

/** The operator and the approver of a story: they answer once, after a while, what waits for them. */
export class Operator {
  private retries = 0;
  private answered = '';

  constructor(
    private readonly story: ChaosStory,
    private readonly dice: Dice,
  ) {}

  answer({ awaiting, steps, workflowId }: Progress, { stack, later }: Stage): void {
    const { operator, approver } = this.story;
    if (awaiting === null || awaiting.verbs.length === 0 || awaiting.kind === 'capacity') return;
    if (awaiting.since === this.answered) return;
    this.answered = awaiting.since;
    const update = (name: string, argument: Record<string, unknown>) =>
      later(this.dice.between(0, longestThought) * 1000, () =>
        stack.world.client.workflow.getHandle(workflowId).executeUpdate(name, { args: [argument] }),
      );
    if (awaiting.kind === 'approval') {
      if (approver !== 'silent') update(approver, { by, reason: by });
      return;
    }
    if (operator === 'silent') return;
    const failed = steps.find(({ state }) => state === 'failed');
    this.retries += 1;
    const verb = awaiting.verbs.includes(operator) && this.retries <= 3 ? operator : 'rollback';
    update('resolve', { verb, by, reason: by, step: failed?.name, attempt: failed?.attempt });
  }
}
