import { startTestbed } from '../test/support/testbed.js';
import { environmentDocument, rounded } from './bench-stack.js';
import type { Row } from './row.js';

/** The account's limit that the defaults assume, in calls per second. */
const maxRps = 5;
const minute = 60_000;

/**
 * API calls per environment, and minutes until all are Ready, when `count` environments start at once. On virtual time.
 */
export async function admission(
  count: number,
  goal: { readonly calls: number; readonly minutes: number | null },
): Promise<Row[]> {
  const testbed = await startTestbed({ maxRps, slots: { calls: 200, waits: 2_000 } });
  const { temporal, simulator } = testbed;
  try {
    const ids = Array.from({ length: count }, (_, index) => `env/many-${index}`);
    const began = temporal.now();
    for (const id of ids) {
      const deadlines = { capacity: '12h', pool: '12h', notebook: '12h' };
      const document = { ...environmentDocument(id.slice('env/'.length)), deadlines };
      await temporal.start('provisionPoolThenLaunchNotebook', id, [document]);
    }
    const phaseOf = (id: string) => temporal.searchAttributes(id).MaopsPhase;
    const waiting = new Set(ids);
    await temporal.run({
      until: () => {
        for (const id of waiting) if (phaseOf(id) === 'Ready') waiting.delete(id);
        return waiting.size === 0;
      },
    });
    const minutes = rounded((temporal.now() - began) / minute);
    const calls = rounded(testbed.calls() / count, 2);
    for (const [operation, made] of Object.entries(simulator.summary())) process.stderr.write(`${operation} ${made}\n`);
    return [
      { measure: `API calls per environment, ${count} at once`, value: calls, unit: 'calls', goal: goal.calls },
      { measure: `until all are Ready, ${count} at once`, value: minutes, unit: 'min', goal: goal.minutes },
    ];
  } finally {
    await testbed.dispose();
  }
}
