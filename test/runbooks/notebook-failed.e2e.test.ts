import { test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults/fault.js';
import { bothApis, pageMs, runRunbook } from './situation.js';

test.each(bothApis)(
  'a failed notebook of the %s API is retried, changed or skipped',
  async (api, notebook) => {
    const operation = api === 'current' ? 'currentNotebooks.create' : 'notebooks.create';
    const fault: Fault = { operation, kind: 'notebookFailed', code: 'ModelArts.6203', message: 'no image' };
    await runRunbook('notebook-failed', {}, async (on) => {
      await on.worker();
      const untilDecision = () => on.until(({ phase }) => phase === 'AwaitingOperator');
      on.simulator.faults.plan({ ...fault, times: 2 });
      await on.start({ onFailure: 'ask', notebook });
      await untilDecision();
      await on.run('Diagnose');
      await on.run('Act: Retry');
      await on.until(({ steps }) => steps.some(({ name, attempt }) => name === 'notebook' && attempt === 2));
      await untilDecision();
      await on.run('Act: Retry with a change');
      await on.run('Verify');
      await on.clear();

      on.simulator.faults.plan(fault);
      await on.start({ onFailure: 'ask', notebook });
      await untilDecision();
      await on.run('Act: Keep the pool');
      on.simulator.faults.expectAllHit();
    });
  },
  pageMs,
);
