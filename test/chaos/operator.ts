import type { Progress } from '../../src/contract/progress.js';
import type { Stage } from './actions.js';
import type { ChaosSeed } from './chaos-seed.js';
import type { Random } from './random.js';

const longestThought = 600;

/** The operator and the approver of a scenario: they answer once, after a while, what waits for them. */
export class Operator {
  private retries = 0;
  private answered = '';

  constructor(
    private readonly scenario: ChaosSeed,
    private readonly random: Random,
  ) {}

  answer({ awaiting, steps, workflowId }: Progress, { testbed, later, words, problem }: Stage): void {
    const { operator, approver } = this.scenario;
    if (awaiting === null || awaiting.verbs.length === 0 || awaiting.kind === 'capacity') return;
    if (awaiting.since === this.answered) return;
    this.answered = awaiting.since;
    const update = (name: string, facts: Record<string, unknown>) => {
      const tooLong = words.oversized();
      const key = words.key();
      const command = { ...words.command(), ...facts, ...(key === null ? {} : { key }) };
      later(this.random.between(0, longestThought) * 1000, async () => {
        const send = async (argument: object) =>
          await testbed.temporal.client.workflow.getHandle(workflowId).executeUpdate(name, { args: [argument] });
        if (tooLong !== null) {
          const taken = await send({ ...command, ...tooLong }).then(
            () => true,
            () => false,
          );
          if (taken) problem(`${workflowId}: ${name} took a text that is too long`);
        }
        await send(command);
        // Given once more it must not count for what waits by then.
        if (key !== null) await send(command);
      });
    };
    if (awaiting.kind === 'approval') {
      if (approver !== 'silent') update(approver, {});
      return;
    }
    if (operator === 'silent') return;
    const failed = steps.find(({ state }) => state === 'failed');
    this.retries += 1;
    const verb = awaiting.verbs.includes(operator) && this.retries <= 3 ? operator : 'rollback';
    update('resolve', { verb, step: failed?.name, attempt: failed?.attempt });
  }
}
