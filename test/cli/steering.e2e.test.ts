import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Progress } from '../../src/contract/progress.js';
import { until } from '../support/until.js';
import { environmentDocument, freshName } from '../workflows/documents.js';
import { openShell, type Shell } from './shell.js';

let shell: Shell;
beforeAll(async () => {
  shell = await openShell();
});
afterAll(async () => await shell?.close());

const approval = { required: true, timeout: '60s' };
const because = ['--reason', 'because'];
const isOver = ({ endedAt }: Progress) => endedAt !== null;

/** Starts an environment and waits until it is in a phase. */
async function begin(phase: Progress['phase'], change: Record<string, unknown>): Promise<string> {
  const name = freshName();
  await shell.stack.start('provisionPoolThenLaunchNotebook', `env/${name}`, environmentDocument(name, change));
  await shell.stack.until(`env/${name}`, (progress) => progress.phase === phase);
  return name;
}

describe('leaving an operation running', () => {
  test('Ctrl-C stops watching with exit 130, and the operation continues', async () => {
    const name = await begin('AwaitingApproval', { approval });
    const watching = shell.start(['env', 'watch', name]);
    await watching.waitForOutput(/AwaitingApproval/);
    watching.kill('SIGINT');
    expect(await watching.ended).toBe(130);
    expect(watching.stderr()).toMatch(new RegExp(`interrupted: .*\`maops env watch ${name}\``));
    expect((await shell.stack.progress(`env/${name}`)).phase).toBe('AwaitingApproval');
    await shell.json(['env', 'cancel', name, ...because]);
    await shell.stack.until(`env/${name}`, isOver);
  });

  test('--timeout ends a wait with 8, and the operation continues', async () => {
    const name = freshName();
    const file = shell.file('wait.json', environmentDocument(name, { approval }));
    const { code, out, err } = await shell.run([
      'env',
      'create',
      '-f',
      file,
      '--wait',
      '--timeout',
      '1500ms',
      '--json',
    ]);
    expect({ code, err }).toEqual({ code: 8, err: expect.stringContaining(`env/${name}`) });
    expect(JSON.parse(out)).toMatchObject({ name, phase: 'AwaitingApproval', endedAt: null });
    const watch = await shell.run(['env', 'watch', name, '--timeout', '500ms', '--json']);
    expect(watch.code).toBe(8);
    const cancelled = shell.start(['env', 'watch', name, '--json']);
    await cancelled.waitForOutput(/AwaitingApproval/);
    await shell.json(['env', 'cancel', name, ...because]);
    expect(await cancelled.ended).toBe(1);
    const lines = cancelled.stdout().trim().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '') as Progress;
    expect(last).toMatchObject({ phase: 'Cancelled', audit: [{ verb: 'cancel', by: 'tester', reason: 'because' }] });
  });
});

describe('an approval', () => {
  test('is given or rejected once, with a reason', async () => {
    const [yes, no] = await Promise.all([
      begin('AwaitingApproval', { approval }),
      begin('AwaitingApproval', { approval }),
    ]);
    const without = await shell.run(['env', 'approve', yes]);
    expect({ code: without.code, err: without.err }).toEqual({ code: 2, err: expect.stringContaining('--reason') });
    await Promise.all([shell.json(['env', 'approve', yes, ...because]), shell.json(['env', 'reject', no, ...because])]);
    const rejected = await shell.stack.until(`env/${no}`, isOver);
    expect(rejected).toMatchObject({ phase: 'Rejected', audit: [{ verb: 'reject', by: 'tester', reason: 'because' }] });
    expect(await shell.stack.until(`env/${yes}`, isOver)).toMatchObject({ phase: 'Ready' });
    const again = await Promise.all([
      shell.run(['env', 'approve', no, ...because]),
      shell.run(['env', 'approve', yes, ...because]),
    ]);
    for (const { code, out } of again) expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(again[0]?.err).toContain(`approve ${no}: env/${no} has ended (Rejected)`);
    expect(again[1]?.err).toContain(`approve ${yes}: lease/${yes} cannot be approved`);
  });
});

test('pause and resume take effect and are recorded in the audit', async () => {
  const name = await begin('AwaitingApproval', { approval });
  await shell.json(['env', 'pause', name, ...because]);
  await shell.stack.until(`env/${name}`, ({ phase }) => phase === 'Paused');
  await shell.json(['env', 'resume', name, ...because]);
  const going = await shell.stack.until(`env/${name}`, ({ phase }) => phase === 'AwaitingApproval');
  expect(going.audit.map(({ verb, by, reason }) => `${verb} ${by} ${reason}`)).toEqual([
    'pause tester because',
    'resume tester because',
  ]);
  const again = await shell.run(['env', 'resume', name, ...because]);
  expect(again).toEqual({
    code: 1,
    out: '',
    err: `maops: resume ${name}: env/${name} is not paused (it is AwaitingApproval)\n`,
  });
  await shell.json(['env', 'cancel', name, ...because]);
  await shell.stack.until(`env/${name}`, isOver);
});

describe('a failed step that awaits a decision', () => {
  test('is explained, retried with a change, and ends Ready', async () => {
    shell.stack.simulator.faults.plan({ operation: 'notebooks.create', kind: 'notebookFailed' });
    const name = await begin('AwaitingOperator', { onFailure: 'ask' });
    const why = await shell.run(['env', 'why', name]);
    expect(why.code).toBe(0);
    expect(why.out).toContain('NotebookFailed');
    expect(why.out).toContain('retry, skip, rollback, abandon');
    const half = await shell.run(['env', 'resolve', name, 'retry', '--set', 'notebook.flavor', ...because]);
    expect({ code: half.code, err: half.err }).toEqual({ code: 2, err: expect.stringContaining('path=value') });
    const wrong = await shell.run(['env', 'resolve', name, 'retry', '--set', 'notebook.flavour=x', ...because]);
    expect(wrong).toMatchObject({ code: 2, out: '', err: expect.stringContaining('did you mean `flavor`?') });
    expect(await shell.stack.progress(`env/${name}`)).toMatchObject({
      phase: 'AwaitingOperator',
      failure: { type: 'NotebookFailed' },
      audit: [],
    });
    const change = ['--set', 'notebook.flavor=modelarts.vm.gpu.p100'];
    await shell.json(['env', 'resolve', name, 'retry', ...change, ...because]);
    expect(await shell.stack.until(`env/${name}`, isOver)).toMatchObject({ phase: 'Ready' });
  });

  test('shows that a retry was accepted, and the progress after it', async () => {
    shell.stack.simulator.faults.plan({ operation: 'notebooks.create', kind: 'notebookFailed' });
    const name = await begin('AwaitingOperator', { onFailure: 'ask' });
    const { code, out, err } = await shell.run(['env', 'resolve', name, 'retry', ...because]);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(`^retry accepted: env/${name} .*\n$`) });
    expect(out).not.toContain('AwaitingOperator');
    expect(out).toMatch(/retry +by tester +because/);
    await shell.stack.until(`env/${name}`, isOver);
  });

  test('is rolled back', async () => {
    shell.stack.simulator.faults.plan({ operation: 'notebooks.create', kind: 'notebookFailed' });
    const name = await begin('AwaitingOperator', { onFailure: 'ask' });
    await shell.json(['env', 'resolve', name, 'rollback', ...because]);
    const watch = await shell.run(['env', 'watch', name]);
    expect({ code: watch.code, out: watch.out }).toEqual({ code: 1, out: expect.stringContaining('RolledBack') });
  });
});

/** Temporal's visibility follows the runs after a moment. */
async function listed(query: string, count: number): Promise<void> {
  await until(`${count} runs listed for ${query}`, async () => {
    const found = await shell.stack.client.workflow.count(query);
    return found.count >= count ? found : null;
  });
}

describe('bulk commands', () => {
  const among = (names: readonly string[]) => `MaopsEnvironment IN (${names.map((name) => `"${name}"`).join(', ')})`;

  test('list the operations, need --yes, and print the result of each', async () => {
    const names = await Promise.all([begin('AwaitingApproval', { approval }), begin('AwaitingApproval', { approval })]);
    const query = `MaopsPhase="AwaitingApproval" AND ${among(names)}`;
    await listed(query, names.length);
    const asked = await shell.run(['env', 'approve', '--query', query, ...because]);
    expect({ code: asked.code, err: asked.err }).toEqual({ code: 2, err: expect.stringContaining('nothing was done') });
    for (const name of names) expect(asked.out).toContain(`env/${name}`);
    expect((await shell.stack.progress(`env/${names[0]}`)).phase).toBe('AwaitingApproval');
    const told = await shell.json<{ runs: { name: string; result: string }[] }>([
      'env',
      'approve',
      '--query',
      query,
      '--yes',
      ...because,
    ]);
    expect(told.runs.map(({ name, result }) => [name, result])).toEqual(
      [...names].sort().map((name) => [name, 'done']),
    );
    for (const name of names) {
      const ended = await shell.stack.until(`env/${name}`, isOver);
      expect(ended).toMatchObject({ phase: 'Ready', audit: [{ verb: 'approve', by: 'tester', reason: 'because' }] });
    }
    const history = await shell.json<{ entries: { workflowId: string; text: string }[] }>([
      'env',
      'history',
      names[0] ?? '',
      '--all',
    ]);
    expect(history.entries.map(({ workflowId, text }) => `${workflowId} ${text}`)).toEqual(
      expect.arrayContaining([
        `env/${names[0]} approve by tester: because`,
        expect.stringContaining(`env/${names[0]} create pool ${names[0]}: created`),
        `lease/${names[0]} Leased`,
      ]),
    );
  });

  test('exit 1 when one refuses, and reach the others', async () => {
    const [ready, paused] = await Promise.all([
      begin('AwaitingApproval', { approval }),
      begin('AwaitingApproval', { approval }),
    ]);
    const query = `WorkflowType="provisionPoolThenLaunchNotebook" AND ${among([ready, paused])}`;
    await listed(query, 2);
    const told = await shell.json<{ runs: { name: string; result: string; reason: string | null }[] }>(
      ['env', 'resolve', 'retry', '--query', query, '--yes', ...because],
      1,
    );
    expect(told.runs).toHaveLength(2);
    for (const run of told.runs)
      expect(run).toMatchObject({ result: 'refused', reason: expect.stringContaining(run.name) });
    const cancelled = await shell.run(['env', 'cancel', '--query', query, '--yes', ...because]);
    expect({ code: cancelled.code, err: cancelled.err }).toEqual({ code: 0, err: 'cancel: 2 done\n' });
    for (const name of [ready, paused]) await shell.stack.until(`env/${name}`, isOver);
  });

  test('handle an invalid query, and one without matches', async () => {
    const bad = await shell.run(['env', 'pause', '--query', 'MaopsFase="x"', '--yes', ...because]);
    expect({ code: bad.code, out: bad.out, err: bad.err }).toEqual({
      code: 2,
      out: '',
      err: expect.stringContaining('MaopsFase'),
    });
    const none = await shell.run(['env', 'pause', '--query', 'MaopsEnvironment="nobody"', '--yes', ...because]);
    expect({ code: none.code, err: none.err }).toEqual({ code: 0, err: expect.stringContaining('no open operation') });
  });
});

test('a silent wait reports that it awaits a person', async () => {
  const name = freshName();
  const file = shell.file('silent.json', environmentDocument(name, { approval }));
  const waiting = shell.start(['env', 'create', '-f', file, '--wait', '--json']);
  await until('the notice', () =>
    waiting.stderr().includes(`env/${name} awaits approval. See \`maops env why ${name}\``),
  );
  expect(waiting.stdout()).toBe('');
  await shell.json(['env', 'reject', name, ...because]);
  expect(await waiting.ended).toBe(1);
  expect(JSON.parse(waiting.stdout())).toMatchObject({ phase: 'Rejected' });
});
