import fc from 'fast-check';
import { createCaller, currentNotebookBody, MINUTE } from './caller.js';

const HOUR = 60 * MINUTE;

/** What may happen to a notebook, after some minutes. */
const step = fc.record({
  afterMinutes: fc.integer({ min: 2, max: 200 }),
  action: fc.constantFrom('renew', 'start', 'stop'),
  hours: fc.integer({ min: 1, max: 72 }),
});

/**
 * Independent of the simulator: the moment of the stop, from the accepted calls alone (docs/api/notebooks-current.md
 * "6. Lease").
 */
describe('the lease of a current notebook, in any order of calls', () => {
  it('ends the last requested time after the last create, start or renewal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 72 }), fc.array(step, { maxLength: 8 }), async (first, steps) => {
        const { call, clock, currentNotebooks } = createCaller();
        const body = currentNotebookBody('nb', { duration: first * HOUR });
        const { id, create_at } = (await call('POST', currentNotebooks, body)).body;
        const path = `${currentNotebooks}/${id}`;
        let end = create_at + first * HOUR;
        for (const { afterMinutes, action, hours } of steps) {
          clock.advance(afterMinutes * MINUTE);
          const now = clock.now();
          const query = `?duration=${hours * HOUR}`;
          const response =
            action === 'renew'
              ? await call('PATCH', `${path}/lease${query}`)
              : await call('POST', `${path}/${action}${action === 'start' ? query : ''}`);
          if (response.status !== 200 || action === 'stop') continue;
          end = now + hours * HOUR;
          const { lease } = (await call('GET', path)).body;
          expect([lease.create_at, lease.create_at + lease.duration, lease.update_at]).toEqual([create_at, end, now]);
        }
        const { status } = (await call('GET', path)).body;
        if (status !== 'RUNNING' && status !== 'STARTING' && status !== 'CREATING') return;
        clock.advance(Math.max(0, end - clock.now() - 1));
        expect((await call('GET', path)).body.status).not.toMatch(/^STOP/);
        clock.advance(1);
        expect((await call('GET', path)).body.status).toBe('STOPPING');
      }),
    );
  });
});
