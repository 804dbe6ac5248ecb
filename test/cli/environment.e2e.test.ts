import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EnvironmentSummary } from '../../src/client/environment-summary.js';
import type { Progress } from '../../src/contract/progress.js';
import { progressKeys } from '../support/progress-keys.js';
import { until } from '../support/until.js';
import { environmentDocument, freshName, poolPart } from '../workflows/documents.js';
import { openShell, type Shell } from './shell.js';

let shell: Shell;
beforeAll(async () => {
  shell = await openShell();
});
afterAll(async () => await shell?.close());

test('an environment is created, shown in every way, and torn down with a verified deletion', async () => {
  const name = freshName();
  const spec = shell.file('whole.json', environmentDocument(name));
  const made = await shell.run(['env', 'create', '-f', spec, '--wait', '--json']);
  expect({ code: made.code, err: made.err }).toEqual({ code: 0, err: `started env/${name}\n` });
  const ready = JSON.parse(made.out) as Progress;
  expect(Object.keys(ready)).toEqual(expect.arrayContaining(progressKeys));
  expect(ready).toMatchObject({
    name,
    operation: 'provisionPoolThenLaunchNotebook',
    workflowId: `env/${name}`,
    phase: 'Ready',
    percent: 100,
    steps: [
      { name: 'validate', state: 'done' },
      { name: 'pool', state: 'done' },
      { name: 'notebook', state: 'done' },
    ],
    pool: { phase: 'Running', nodes: { wanted: 2, available: 2, creating: 0, abnormal: 0 } },
    notebook: { status: 'RUNNING', url: expect.stringMatching(/^https:/) },
    failure: null,
    awaiting: null,
  });

  const [shown, made2, all, history, reason, text] = await Promise.all([
    shell.json(['env', 'show', name]),
    shell.json(['env', 'show', `env/${name}`]),
    shell.json<Progress[]>(['env', 'list', '--details', '--phase', 'Leased']),
    shell.json<{ entries: { kind: string; text: string }[] }>(['env', 'history', `env/${name}`]),
    shell.json<{ workflowId: string; phase: string }>(['env', 'why', name]),
    shell.run(['env', 'show', `env/${name}`]),
  ]);
  expect(Object.keys(shown)).toEqual(expect.arrayContaining(progressKeys));
  expect(shown).toMatchObject({ workflowId: `lease/${name}`, phase: 'Leased' });
  expect(made2).toEqual(ready);
  expect(all.filter((one) => one.name === name)).toHaveLength(1);
  const phases = history.entries.filter(({ kind }) => kind === 'phase').map((entry) => entry.text);
  expect(phases).toEqual([
    'Validating',
    'CreatingPool',
    'AwaitingPool',
    'CreatingNotebook',
    'AwaitingNotebook',
    'Ready',
  ]);
  expect(reason).toMatchObject({ workflowId: `lease/${name}`, phase: 'Leased' });
  // Temporal's list of runs is some milliseconds behind.
  const listed = await until('the lease is listed', async () => {
    const rows = await shell.json<EnvironmentSummary[]>(['env', 'list', '--phase', 'Leased']);
    return rows.find((row) => row.name === name && row.pool !== null);
  });
  expect(Object.keys(listed)).toEqual(expect.arrayContaining([...progressKeys, 'partial']));
  expect(listed).toMatchObject({ workflowId: `lease/${name}`, pool: { id: ready.pool?.id }, why: null, partial: true });
  expect({ code: text.code, err: text.err }).toEqual({ code: 0, err: '' });
  expect(text.out).toContain('2 of 2 nodes available');

  const asked = await shell.run(['env', 'teardown', name]);
  expect(asked).toMatchObject({ code: 2, out: expect.stringContaining(`lease/${name} will be cancelled first`) });
  expect(asked.err).toContain(`maops env teardown ${name} --yes`);
  expect(shell.stack.simulator.state().pools.filter((pool) => pool.name === name)).toHaveLength(1);

  const gone = await shell.json(['env', 'teardown', name, '--yes', '--wait']);
  expect(gone).toMatchObject({ operation: 'teardownEnvironment', phase: 'Gone', percent: 100 });
  const { pools, notebooks } = shell.stack.simulator.state();
  expect([...pools, ...notebooks].filter((one) => one.name === name)).toEqual([]);
});

test('the teardown of an unknown environment is Gone', async () => {
  const name = freshName();
  const [gone, text] = await Promise.all([
    shell.json(['env', 'teardown', name, '--yes']),
    shell.run(['env', 'teardown', name]),
  ]);
  expect(gone).toMatchObject({ name, phase: 'Gone' });
  expect(Object.keys(gone)).toEqual(expect.arrayContaining(progressKeys));
  expect(text).toEqual({ code: 0, out: expect.stringContaining(name), err: '' });
});

describe('a second create', () => {
  test('joins with the same spec in any order of keys, and is refused with another one, showing both', async () => {
    const name = freshName();
    const document = environmentDocument(name, { approval: { required: true, timeout: '60s' } });
    const reordered = Object.fromEntries(Object.entries(document).reverse());
    const other = { ...document, pool: poolPart({ count: 5 }) };
    const first = await shell.json(['env', 'create', '-f', shell.file('first.json', document)]);
    const [same, another, dry] = await Promise.all([
      shell.run(['env', 'create', '-f', shell.file('same.json', reordered), '--json']),
      shell.run(['env', 'create', '-f', shell.file('other.json', other)]),
      shell.run(['env', 'create', '-f', shell.file('dry.json', other), '--dry-run']),
    ]);
    expect({ code: same.code, runId: (JSON.parse(same.out) as Progress).runId }).toEqual({
      code: 0,
      runId: first.runId,
    });
    expect(same.err).toContain(`joined env/${name}`);
    expect({ code: another.code, out: another.out }).toEqual({ code: 1, out: '' });
    expect(another.err).toContain(`${name} already exists with another spec (env/${name})`);
    expect(another.err).toContain('pool.count: 2, requested 5');
    expect({ code: dry.code, out: dry.out }).toEqual({ code: 1, out: expect.stringContaining('would fail') });
    expect(dry.out).toContain('pool.count: 2, requested 5');
    await shell.json(['env', 'cancel', name, '--reason', 'enough seen']);
    await shell.stack.until(`env/${name}`, ({ endedAt }) => endedAt !== null);
  });

  test('is refused during a teardown', async () => {
    const name = freshName();
    const spec = shell.file('torn.json', environmentDocument(name));
    await shell.json(['env', 'create', '-f', spec, '--wait']);
    // No DELETE works until the refusal was seen: so the teardown is still open then.
    shell.stack.simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 503, times: 'always' });
    await shell.json(['env', 'teardown', name, '--yes']);
    const refused = await shell.run(['env', 'create', '-f', spec]);
    shell.stack.simulator.faults.clear();
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain(`${name} is being torn down; nothing was started`);
    await shell.stack.until(`teardown/${name}`, ({ phase }) => phase === 'Gone');
  });
});
