import { describe, expect, test } from '@jest/globals';
import { InvalidSpecError, OperationRefusedError, SpecConflictError } from '../../src/client/errors.js';
import { startOrJoin } from '../../src/client/start.js';
import { checkSpec } from '../../src/spec/check.js';
import { FakeRuns, makeRun } from './fake-runs.js';

const document = {
  name: 'team-a',
  pool: {
    flavor: 'modelarts.vm.gpu.t4u8',
    count: 2,
    network: 'network-7a3e-0123456789abcdef0123456789abcdef',
    scope: ['Train', 'Notebook'],
  },
  notebook: {
    profileId: 'Multi-Engine 1.0 (python3)-gpu',
    flavor: 'modelarts.bm.gpu.v100NV32',
    storage: { type: 'evs', volumeSize: 5 },
  },
};
const other = { ...document, pool: { ...document.pool, count: 3 } };

function normalised(given: unknown) {
  const checked = checkSpec('provisionPoolThenLaunchNotebook', given);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.spec;
}

const start = (runs: FakeRuns, given: unknown, id = 'this call') => startOrJoin(runs, 'env', given, { id, by: 'ops' });

describe('starting an environment', () => {
  test('starts the main job under the name with the document itself as argument', async () => {
    const runs = new FakeRuns();
    const started = await start(runs, document);
    expect(started).toMatchObject({ workflowId: 'env/team-a', joined: false });
    expect(runs.sent).toEqual([{ kind: 'start', workflowId: 'env/team-a', argument: document }]);
  });

  test('joins the open operation of the same spec, however it is written', async () => {
    const runs = new FakeRuns();
    await start(runs, document, 'first');
    const sameSpec = {
      notebook: document.notebook,
      pool: { ...document.pool, flavor: undefined, flavors: [document.pool.flavor] },
      name: 'team-a',
    };
    expect(await start(runs, sameSpec, 'second')).toMatchObject({ joined: true, runId: 'a new run' });
    expect(runs.sent).toHaveLength(1);
  });

  test('is refused while the operation runs with another spec, with both values', async () => {
    const runs = new FakeRuns();
    await start(runs, document, 'first');
    const refusal = start(runs, other, 'second');
    await expect(refusal).rejects.toThrow(SpecConflictError);
    await expect(refusal).rejects.toThrow('pool.count: 2, requested 3');
  });

  test('compares a run that another client started by its argument', async () => {
    const byHand = makeRun('env/team-a', { argument: document });
    expect(await start(new FakeRuns(byHand), document)).toMatchObject({ joined: true });
    await expect(start(new FakeRuns(byHand), other)).rejects.toThrow(SpecConflictError);
  });

  test('joins when an operator has changed the running spec to the requested one', async () => {
    const changed = makeRun('env/team-a', { argument: document, answers: { spec: normalised(other) } });
    expect(await start(new FakeRuns(changed), other)).toMatchObject({ joined: true });
  });

  test('is refused with the spec of the start once an operator has changed it', async () => {
    const runs = new FakeRuns();
    await start(runs, document, 'first');
    const first = runs.runs.get('env/team-a');
    if (first === undefined) throw new Error('nothing was started');
    const changed = makeRun('env/team-a', {
      memo: first.memo,
      argument: document,
      answers: { spec: normalised(other) },
    });
    await expect(start(new FakeRuns(changed), document)).rejects.toThrow(SpecConflictError);
  });

  test('starts a new run under an open lease of the same spec, which adopts', async () => {
    const runs = new FakeRuns(
      makeRun('lease/team-a', { argument: { spec: normalised(document) } }),
      makeRun('env/team-a', { status: 'COMPLETED', closedAt: new Date('2026-03-01T11:00:00Z') }),
    );
    expect(await start(runs, document)).toMatchObject({ joined: false, runId: 'a new run' });
  });

  test('is refused under an open lease of another spec, and starts nothing', async () => {
    const runs = new FakeRuns(makeRun('lease/team-a', { argument: { spec: normalised(document) } }));
    await expect(start(runs, other)).rejects.toMatchObject({
      workflowId: 'lease/team-a',
      differences: [{ path: 'pool.count', left: 2, right: 3 }],
    });
    expect(runs.sent).toEqual([]);
  });

  test('is refused during a teardown, and starts nothing', async () => {
    const runs = new FakeRuns(makeRun('teardown/team-a'));
    await expect(start(runs, document)).rejects.toThrow(OperationRefusedError);
    expect(runs.sent).toEqual([]);
  });

  test('is refused with the size and the limit when the document is too large, and starts nothing', async () => {
    const runs = new FakeRuns();
    const refusal = start(runs, { ...document, comment: 'x'.repeat(3_000_000) });
    await expect(refusal).rejects.toThrow(InvalidSpecError);
    await expect(refusal).rejects.toThrow(/it has 300\d{4} bytes as JSON\. The limit is 262144 bytes/);
    expect(runs.sent).toEqual([]);
  });

  test('lists every problem of a document that is no spec, and starts nothing', async () => {
    const runs = new FakeRuns();
    const refusal = start(runs, {
      name: 'team-a',
      pool: { ...document.pool, netwrok: 'x' },
      notebook: document.notebook,
    });
    await expect(refusal).rejects.toThrow(InvalidSpecError);
    await expect(refusal).rejects.toThrow('did you mean `network`?');
    expect(runs.sent).toEqual([]);
  });
});
