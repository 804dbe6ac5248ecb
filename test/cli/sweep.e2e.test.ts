import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SweepProgress } from '../../src/contract/workflows.js';
import type { Plan } from '../../src/domain/teardown/plan.js';
import { until } from '../support/until.js';
import { environmentDocument, freshName } from '../workflows/documents.js';
import { openShell, type Shell } from './shell.js';

let shell: Shell;
beforeAll(async () => {
  shell = await openShell();
});
afterAll(async () => await shell?.close());

interface ShownTeardown {
  readonly name: string;
  readonly hash: string;
  readonly items: readonly { readonly kind: string; readonly action: string }[];
  readonly open: readonly string[];
}

async function make(): Promise<string> {
  const name = freshName();
  const spec = shell.file(`${name}.json`, environmentDocument(name));
  const made = await shell.run(['env', 'create', '-f', spec, '--wait']);
  expect({ code: made.code, err: made.err }).toMatchObject({ code: 0 });
  return name;
}

const deletes = () => shell.stack.simulator.requests().filter(({ method }) => method === 'DELETE').length;

test('an orphan is planned, shown, and deleted by the hash of the plan', async () => {
  const name = await make();
  expect(await shell.json<Plan>(['sweep', 'plan'])).toMatchObject({ items: [], refusal: null });
  await shell.stack.client.workflow.getHandle(`lease/${name}`).terminate('lost by accident');

  const plan = await shell.json<Plan>(['sweep', 'plan']);
  expect(plan.hash).toMatch(/^[0-9a-f]{16}$/);
  expect(plan.items).toMatchObject([
    { kind: 'notebook', name, reason: 'orphan', environment: name },
    { kind: 'pool', name, reason: 'orphan', environment: name },
  ]);
  const text = await shell.run(['sweep', 'plan']);
  expect(text.out).toMatch(new RegExp(`delete +pool +${name} .* orphan +no open workflow owns it`));
  expect(text.out).toContain(`hash ${plan.hash}`);
  expect(text.err).toContain(`maops sweep apply --hash ${plan.hash} --yes`);

  const strict = shell.file('rules.yaml', 'protect: {names: [nothing-*]}\n');
  const kept = await shell.json<Plan>(['sweep', 'plan', '--rules', strict]);
  expect(kept).toMatchObject({ items: [], kept: [{ rule: 'the rules do not delete orphans' }, {}] });
  const wrong = await shell.run(['sweep', 'plan', '--rules', shell.file('wrong.yaml', 'orphan: {minAge: 1h}\n')]);
  expect(wrong).toMatchObject({ code: 2, out: '' });
  expect(wrong.err).toContain('orphan: unknown key `orphan`; did you mean `orphans`?');

  const unasked = await shell.run(['sweep', 'apply', '--hash', plan.hash]);
  expect(unasked).toMatchObject({ code: 2 });
  expect(unasked.err).toContain('nothing was deleted');
  const other = await shell.json<SweepProgress>(['sweep', 'apply', '--hash', '0123456789abcdef', '--yes'], 1);
  expect(other).toMatchObject({ phase: 'Failed', failure: { type: 'PlanChanged' }, plan: { hash: plan.hash } });
  expect(deletes()).toBe(0);

  const done = await shell.json<SweepProgress>(['sweep', 'apply', '--hash', plan.hash, '--yes', '--reason', 'lost']);
  expect(done).toMatchObject({ phase: 'Done', percent: 100, results: [{ result: 'deleted' }, { result: 'deleted' }] });
  expect(done.audit).toMatchObject([{ verb: 'sweep', by: 'tester', reason: 'lost' }]);
  const gone = await shell.json<{ phase: string; audit: unknown[] }>(['env', 'show', name]);
  expect(gone).toMatchObject({ workflowId: `teardown/${name}`, phase: 'Gone' });
  expect(await shell.json<Plan>(['sweep', 'plan'])).toMatchObject({ items: [], carrying: 0 });
});

test('a failed deletion is printed with exit 1, and the run is Done', async () => {
  const name = await make();
  const { simulator, client } = shell.stack;
  await client.workflow.getHandle(`lease/${name}`).terminate('lost by accident');
  const plan = await shell.json<Plan>(['sweep', 'plan']);
  const pool = plan.items.find(({ kind }) => kind === 'pool');
  simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 500, times: 'always' });
  const sent = simulator.requests('pools.delete').length;
  const sweep = shell.start(['sweep', 'apply', '--hash', plan.hash, '--yes', '--json']);
  await until('the delete of the pool fails', () => simulator.requests('pools.delete').length > sent);
  // Somebody gives it up: a sweep's own patience takes hours.
  await client.workflow.getHandle(`teardown/${name}`).terminate('it never ends');
  expect({ code: await sweep.ended, err: sweep.stderr() }).toMatchObject({ code: 1 });
  const told = JSON.parse(sweep.stdout()) as SweepProgress;
  expect(told).toMatchObject({ phase: 'Done', failure: { type: 'ServiceUnavailable' } });
  expect(told.results).toContainEqual(expect.objectContaining({ kind: 'pool', id: pool?.id, result: 'failed' }));
  const run = await client.workflow.getHandle(told.workflowId).describe();
  expect(run.status.name).toBe('COMPLETED');
  simulator.faults.clear();

  // The next sweep deletes the rest, and as text.
  const again = await shell.json<Plan>(['sweep', 'plan']);
  expect(again.items).toMatchObject([{ kind: 'pool', id: pool?.id }]);
  const rest = await shell.run(['sweep', 'apply', '--hash', again.hash, '--yes']);
  expect(rest).toMatchObject({
    code: 0,
    err: expect.stringMatching(new RegExp(`deleted +pool +${name} +${pool?.id}`)),
  });
});

test('a teardown shows its plan, refuses another hash, and accepts its own', async () => {
  const name = await make();
  const before = deletes();
  const shown = await shell.json<ShownTeardown>(['env', 'teardown', name], 2);
  expect(shown).toMatchObject({
    name,
    hash: expect.stringMatching(/^[0-9a-f]{16}$/),
    items: [
      { kind: 'notebook', action: 'delete' },
      { kind: 'pool', action: 'delete' },
    ],
    open: [`lease/${name}`],
  });
  const other = ['env', 'teardown', name, '--yes', '--wait', '--hash', '0123456789abcdef'];
  expect(await shell.json(other, 1)).toMatchObject({ phase: 'Failed', failure: { type: 'PlanChanged' } });
  const unseen = other.filter((word) => word !== '--wait');
  expect(await shell.json(unseen, 1)).toMatchObject({ hash: shown.hash });
  expect(await shell.json(['env', 'show', name])).toMatchObject({ workflowId: `lease/${name}`, phase: 'Leased' });
  expect(deletes()).toBe(before);
  const gone = await shell.json<SweepProgress>(['env', 'teardown', name, '--yes', '--wait', '--hash', shown.hash]);
  expect(gone).toMatchObject({ phase: 'Gone', plan: { hash: shown.hash }, results: [{}, {}] });
});
