import { describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { CommandedResource } from '../../../src/activities/api-call.js';
import type { ActivityDeps } from '../../../src/activities/deps.js';
import { currentNotebookActivities } from '../../../src/activities/resource/current-notebooks.js';
import { notebookActivities } from '../../../src/activities/resource/notebooks.js';
import { connect } from '../../modelarts/fake-service.js';

const createdAt = '2026-01-01T00:00:00.000Z';
const ref = { id: 'n', createdAt };
type Verb = 'stop' | 'delete';

/** What differs between the two APIs. */
const apis = [
  {
    api: 'historical',
    body: { id: 'n', name: 'team-a', status: 'RUNNING', creation_timestamp: String(Date.parse(createdAt)), spec: {} },
    later: { creation_timestamp: String(Date.parse(createdAt) + 60_000) },
    send: async (deps: ActivityDeps, verb: Verb, ref: CommandedResource) => {
      const activities = notebookActivities(deps);
      return verb === 'stop' ? await activities.stopNotebook(ref) : await activities.deleteNotebook(ref);
    },
  },
  {
    api: 'current',
    body: { id: 'n', name: 'team-a', status: 'RUNNING', create_at: Date.parse(createdAt) },
    later: { create_at: Date.parse(createdAt) + 60_000 },
    send: async (deps: ActivityDeps, verb: Verb, ref: CommandedResource) => {
      const activities = currentNotebookActivities(deps);
      return verb === 'stop' ? await activities.stopCurrentNotebook(ref) : await activities.deleteCurrentNotebook(ref);
    },
  },
] as const;

describe.each(apis)('a notebook of the $api API', ({ body, later, send }) => {
  /**
   * Sends a command to a notebook that is by now as `change` says. Returns its outcome and the methods of the calls.
   */
  async function command(verb: Verb, change: object, respectProtection: boolean) {
    const { modelarts, seen } = connect(() => ({ body: { ...body, ...change } }));
    const deps = { modelarts, now: Date.now } as unknown as ActivityDeps;
    const outcome = await new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') })
      .run(async () => await send(deps, verb, { ...ref, respectProtection }))
      .catch((error: unknown) => error);
    return { outcome, methods: seen.map(({ method }) => method) };
  }

  test.each(['stop', 'delete'] as const)('that was protected after the plan gets no %s', async (verb) => {
    const { outcome, methods } = await command(verb, { description: 'for ann maops:keep' }, true);
    expect(outcome).toMatchObject({ type: 'Protected' });
    expect(methods).toEqual(['GET']);
  });

  test.each(['stop', 'delete'] as const)('that was replaced gets no %s', async (verb) => {
    const { outcome, methods } = await command(verb, later, true);
    expect(outcome).toMatchObject({ outcome: 'notSent', reason: 'replaced' });
    expect(methods).toEqual(['GET']);
  });

  test('that was created by the run itself is deleted in spite of its protection', async () => {
    const { outcome, methods } = await command('delete', { description: 'maops:keep' }, false);
    expect(outcome).toMatchObject({ outcome: 'sent' });
    expect(methods).toEqual(['GET', 'DELETE']);
  });
});
