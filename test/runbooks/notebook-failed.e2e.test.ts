import { test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults/fault.js';
import { pageMs, runRunbook } from './situation.js';

const fault: Fault = {
  operation: 'notebooks.create',
  kind: 'notebookFailed',
  code: 'ModelArts.6203',
  message: 'no image',
};

test(
  'a failed notebook is retried, changed or skipped',
  async () => {
    await runRunbook('notebook-failed', {}, async (on) => {
      await on.worker();
      const untilDecision = () => on.until(({ phase }) => phase === 'AwaitingOperator');
      on.simulator.faults.plan({ ...fault, times: 2 });
      await on.start({ onFailure: 'ask' });
      await untilDecision();
      await on.run('Diagnose');
      await on.run('Act: Retry');
      await on.until(({ steps }) => steps.some(({ name, attempt }) => name === 'notebook' && attempt === 2));
      await untilDecision();
      await on.run('Act: Retry with a change');
      await on.run('Verify');
      await on.clear();

      on.simulator.faults.plan(fault);
      await on.start({ onFailure: 'ask' });
      await untilDecision();
      await on.run('Act: Keep the pool');
      on.simulator.faults.expectAllHit();
    });
  },
  pageMs,
);
