import { describe, expect, test } from '@jest/globals';
import type { SweepProgress } from '../../src/contract/workflows.js';
import { formatMarker } from '../../src/domain/resource/marker.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import { ownerHash } from '../../src/spec/hash.js';
import { installation, type Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { currentNotebookPart } from '../workflows/documents.js';
import { changeProtection, control, orphaned } from './outside-changes.js';
import { finishMainJob, name, startMainJob, untilPhase } from './steps.js';

const hour = 60 * 60_000;
const apis = ['notebooks', 'currentNotebooks'] as const;
const newStack = testbedsForFile();

/** Orphans of any age, the default of the command line. */
const anyOrphan = { orphans: { minAge: '0s' } };

let sweeps = 0;

async function start({ temporal }: Testbed, input: unknown): Promise<string> {
  sweeps += 1;
  const workflowId = `sweep/test-${sweeps}`;
  await temporal.start('sweepExpired', workflowId, [input]);
  return workflowId;
}

/** Runs a sweep to its end, whichever it is, and answers its last progress. */
async function sweep(on: Testbed, input: unknown): Promise<SweepProgress> {
  const workflowId = await start(on, input);
  return await ended(on, workflowId);
}

async function ended({ temporal }: Testbed, workflowId: string): Promise<SweepProgress> {
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  return await temporal.query<SweepProgress>(workflowId, 'progress');
}

const markerOf = (owner: string, of = installation) =>
  formatMarker({ installation: of, owner: ownerHash(owner), spec: '00000000' });

/** A pool or notebook that is just there, as an earlier database would have left it. */
async function place(
  on: Testbed,
  kind: 'pools' | 'notebooks' | 'currentNotebooks',
  called: string,
  description: string,
  more = {},
) {
  const createdAt = new Date(on.temporal.now() - 48 * hour).toISOString();
  await control(on, kind, { name: called, description, createdAt, ...more });
}

const left = ({ simulator }: Testbed) => {
  const { pools, notebooks, currentNotebooks } = simulator.state();
  const alive = [...notebooks, ...currentNotebooks].filter(({ status }) => status !== 'DELETED');
  return [...pools, ...alive].map((one) => one.name).sort();
};
const results = ({ results: all }: SweepProgress) => all.map(({ kind, result }) => `${kind} ${result}`).sort();
const items = ({ plan }: SweepProgress) => (plan?.items ?? []).map(({ kind, reason }) => `${kind} ${reason}`).sort();
const deletes = ({ simulator }: Testbed) => simulator.requests().filter(({ method }) => method === 'DELETE').length;

describe('the plan of a sweep', () => {
  test('keeps what a lease owns', async () => {
    const on = await newStack();
    await finishMainJob(on);
    expect(await sweep(on, { rules: anyOrphan })).toMatchObject({
      phase: 'Done',
      plan: { items: [], kept: [], carrying: 2, refusal: null, unread: [] },
    });
  });

  test('lists an orphan, and deletes nothing without apply', async () => {
    const on = await newStack();
    await orphaned(on);
    const progress = await sweep(on, { rules: anyOrphan });
    expect(progress).toMatchObject({ phase: 'Done', percent: 100, results: [] });
    expect(items(progress)).toEqual(['notebook orphan', 'pool orphan']);
    expect(progress.plan?.items).toEqual([
      expect.objectContaining({ environment: name }),
      expect.objectContaining({ environment: name }),
    ]);
    expect(deletes(on)).toBe(0);
    expect(left(on)).toEqual([name, name]);
  });

  test('keeps orphans without a rule for them, and young ones with it', async () => {
    const on = await newStack();
    await orphaned(on);
    const without = await sweep(on, {});
    expect(without.plan).toMatchObject({ items: [], kept: [{ reason: 'orphan' }, { reason: 'orphan' }] });
    const young = await sweep(on, { apply: true, rules: { orphans: { minAge: '24h' } } });
    expect(young.plan?.kept.map(({ rule }) => rule)).toContain('an orphan younger than 1d');
    expect(deletes(on)).toBe(0);
  });

  test('never deletes what another user or another installation created', async () => {
    const on = await newStack();
    await place(on, 'pools', 'strange', 'by hand');
    await place(on, 'pools', 'theirs', markerOf('env/theirs', 'ffffff'));
    const progress = await sweep(on, { apply: true, rules: anyOrphan });
    expect(progress.plan).toMatchObject({ items: [], kept: [], carrying: 0 });
    expect(left(on)).toEqual(['strange', 'theirs']);
  });

  test('is made again while a list cannot be read, when it is to be applied', async () => {
    const on = await newStack();
    await place(on, 'pools', 'lost', markerOf('env/lost'));
    on.simulator.faults.plan({ operation: 'pools.list', kind: 'status', status: 502, times: 30 });
    expect(results(await sweep(on, { apply: true, rules: anyOrphan }))).toEqual(['pool deleted']);
  });

  test('fails, and deletes nothing, when a list cannot be read for long', async () => {
    const on = await newStack();
    await place(on, 'notebooks', 'lost', markerOf('env/lost'));
    on.simulator.faults.plan({ operation: 'pools.list', kind: 'status', status: 502, times: 'always' });
    const dry = await sweep(on, { rules: anyOrphan });
    expect(dry).toMatchObject({ phase: 'Done' });
    expect(dry.plan?.unread.join()).toContain('502');
    const progress = await sweep(on, { apply: true, rules: anyOrphan });
    expect(progress).toMatchObject({ phase: 'Failed', failure: { type: 'ServiceUnavailable' } });
    // Whether the last attempt or its time-out is named depends on which comes first.
    expect(progress.results).toEqual([]);
    expect(left(on)).toEqual(['lost']);
  });

  test('is refused with every problem of its rules', async () => {
    const on = await newStack();
    const progress = await sweep(on, { rules: { orphan: {}, idle: 5 } });
    expect(progress).toMatchObject({ phase: 'Failed', failure: { type: 'InvalidSpec' } });
    expect(progress.failure?.message).toMatch(/^idle: .*\norphan: unknown key `orphan`; did you mean `orphans`\?$/);
  });
});

describe('applying a plan by its hash', () => {
  test.each([{}, { notebook: currentNotebookPart() }])(
    'deletes what the plan lists, and verifies it: %j',
    async (change) => {
      const on = await newStack();
      await orphaned(on, change);
      const { plan } = await sweep(on, { rules: anyOrphan });
      const progress = await sweep(on, { apply: true, rules: anyOrphan, planHash: plan?.hash });
      expect(progress).toMatchObject({ phase: 'Done', failure: null, plan: { hash: plan?.hash } });
      expect(results(progress)).toEqual(['notebook deleted', 'pool deleted']);
      expect(left(on)).toEqual([]);
      expect(on.temporal.openWorkflows()).toEqual([]);
    },
  );

  test('refuses another hash at once, and shows the new plan', async () => {
    const on = await newStack();
    await orphaned(on);
    const progress = await sweep(on, { apply: true, rules: anyOrphan, planHash: '0123456789abcdef' });
    expect(progress).toMatchObject({ phase: 'Failed', failure: { type: 'PlanChanged' }, results: [] });
    expect(progress.failure?.message).toContain(progress.plan?.hash);
    expect(deletes(on)).toBe(0);
  });

  test('refuses a plan that was made before a part of it was protected', async () => {
    const on = await newStack();
    await orphaned(on);
    const { plan } = await sweep(on, { rules: anyOrphan });
    await changeProtection(on, 'protect');
    const progress = await sweep(on, { apply: true, rules: anyOrphan, planHash: plan?.hash });
    expect(progress).toMatchObject({ phase: 'Failed', failure: { type: 'PlanChanged' } });
    expect(progress.plan).toMatchObject({ items: [] });
    expect(progress.plan?.kept.map(({ rule }) => rule)).toEqual(['maops:keep', 'maops:keep']);
    expect(left(on)).toEqual([name, name]);
  });
});

/** Deletes at once without an operation, such as a user of the console. */
async function markPool(on: Testbed): Promise<void> {
  const pool = on.simulator.state().pools[0];
  const description = `${pool?.annotations['os.modelarts/description']} maops:keep`;
  const token = clientEnvironment('https://modelarts.example.com').MODELARTS_TOKEN ?? '';
  const headers = { 'x-auth-token': token, 'content-type': 'application/merge-patch+json' };
  const body = JSON.stringify({ metadata: { annotations: { 'os.modelarts/description': description } } });
  const path = `/v2/${on.simulator.projectId}/pools/${pool?.id}`;
  const reply = await on.simulator.handle({ method: 'PATCH', path, headers, body });
  if (!('status' in reply) || reply.status >= 300) throw new Error(`not marked: ${JSON.stringify(reply)}`);
}

describe('changes while a plan is applied', () => {
  const both = async () => {
    const on = await newStack();
    await orphaned(on);
    await place(on, 'notebooks', 'loose', markerOf('notebook/forgotten'));
    return on;
  };
  const untilLooseGoes = async (on: Testbed, workflowId: string) =>
    await on.temporal.run({
      until: () =>
        on.simulator.requests().some(({ operation }) => operation === 'notebooks.action') ||
        on.temporal.status(workflowId) !== 'RUNNING',
    });

  test('is kept and named, the rest is deleted, and the run reports that the plan has changed', async () => {
    const on = await both();
    const { plan } = await sweep(on, { rules: anyOrphan });
    const workflowId = await start(on, { apply: true, rules: anyOrphan, planHash: plan?.hash });
    await untilLooseGoes(on, workflowId);
    await markPool(on);
    const progress = await ended(on, workflowId);
    expect(progress).toMatchObject({ phase: 'Failed', failure: { type: 'PlanChanged' } });
    expect(progress.failure?.message).toContain(`pool ${name}-`);
    expect(results(progress)).toEqual(['notebook changed', 'notebook deleted', 'pool changed']);
    expect(left(on)).toEqual([name, name]);
  });

  test('is no failure of a run that has made its own plan', async () => {
    const on = await both();
    const workflowId = await start(on, { apply: true, rules: anyOrphan });
    await untilLooseGoes(on, workflowId);
    await markPool(on);
    const progress = await ended(on, workflowId);
    expect(progress).toMatchObject({ phase: 'Done', failure: null });
    expect(results(progress)).toEqual(['notebook changed', 'notebook deleted', 'pool changed']);
    expect(left(on)).toEqual([name, name]);
  });

  test('keeps a pool that is marked at the moment of its DELETE', async () => {
    const on = await newStack();
    await finishMainJob(on);
    await on.temporal.start('teardownEnvironment', `teardown/${name}`, [{ name }]);
    await untilPhase(on, 'DeletingPool', `teardown/${name}`);
    await markPool(on);
    const progress = await ended(on, `teardown/${name}`);
    expect(progress).toMatchObject({ phase: 'Failed', failure: { type: 'Protected' } });
    expect(results(progress)).toEqual(['notebook deleted']);
    expect(on.simulator.requests('pools.delete')).toEqual([]);
    expect(on.temporal.openWorkflows()).toEqual([`lease/${name}`]);
  });

  test('ends the sweep, not its teardowns, when it is cancelled', async () => {
    const on = await newStack();
    await orphaned(on);
    const workflowId = await start(on, { apply: true, rules: anyOrphan });
    await on.temporal.run({ until: () => on.temporal.status(`teardown/${name}`) === 'RUNNING' });
    await on.temporal.cancel(workflowId);
    expect(await ended(on, workflowId)).toMatchObject({ phase: 'Cancelled' });
    await on.temporal.run({ until: () => on.temporal.status(`teardown/${name}`) !== 'RUNNING' });
    expect(left(on)).toEqual([]);
  });

  test('waits while the sweep is paused', async () => {
    const on = await newStack();
    await orphaned(on);
    const workflowId = await start(on, { apply: true, rules: anyOrphan });
    await on.temporal.signal(workflowId, 'pause', { by: 'op', reason: 'wait' });
    await untilPhase(on, 'Paused', workflowId);
    await on.temporal.run({ maxTime: 10 * 60_000 });
    expect(deletes(on)).toBe(0);
    await on.temporal.signal(workflowId, 'resume', { by: 'op' });
    expect(await ended(on, workflowId)).toMatchObject({ phase: 'Done' });
    expect(left(on)).toEqual([]);
  });
});

describe('a sweep that plans and applies in one run', () => {
  test.each(apis)('removes resources without a known name by identity: %s', async (notebooks) => {
    const on = await newStack();
    await place(on, 'pools', 'stray', markerOf('env/forgotten'));
    await place(on, notebooks, 'loose', markerOf('notebook/forgotten-too'));
    const progress = await sweep(on, { apply: true, rules: anyOrphan });
    expect(progress).toMatchObject({ phase: 'Done' });
    expect(progress.plan?.items.map(({ environment }) => environment)).toEqual([null, null]);
    expect(results(progress)).toEqual(['notebook deleted', 'pool deleted']);
    expect(left(on)).toEqual([]);
  });

  test('gives up on unnamed undeletable resources after an hour, and deletes the rest', async () => {
    const refused = { operation: 'notebooks.delete', kind: 'status', status: 500, times: 'always' } as const;
    const on = await newStack({ simulator: { faults: [refused] } });
    await place(on, 'pools', 'stray', markerOf('env/forgotten'));
    await place(on, 'notebooks', 'loose', markerOf('notebook/forgotten-too'));
    const began = on.temporal.now();
    const progress = await sweep(on, { apply: true, rules: anyOrphan });
    expect(progress).toMatchObject({ phase: 'Done', failure: { type: 'ServiceUnavailable' }, retrying: null });
    expect(results(progress)).toEqual(['notebook failed', 'pool deleted']);
    expect(left(on)).toEqual(['loose']);
    expect(on.temporal.now() - began).toBeLessThan(1.5 * hour);
  });

  test.each(apis)('keeps a pool without a known name while another user’s notebook is on it: %s', async (notebooks) => {
    const on = await newStack();
    await place(on, 'pools', 'stray', markerOf('env/forgotten'));
    const id = on.simulator.state().pools[0]?.id;
    await place(on, notebooks, 'guest', 'by hand', { pool: id });
    const progress = await sweep(on, { apply: true, rules: anyOrphan });
    expect(progress.plan).toMatchObject({ items: [], kept: [{ rule: 'notebook guest runs on it' }] });
    expect(left(on)).toEqual(['guest', 'stray']);
  });

  test('recognises that Temporal has lost its database', async () => {
    const on = await newStack();
    for (const number of [1, 2, 3, 4, 5]) await place(on, 'pools', `stray-${number}`, markerOf(`env/lost-${number}`));
    const progress = await sweep(on, { apply: true, rules: anyOrphan });
    expect(progress).toMatchObject({ phase: 'Failed', failure: { type: 'RequestRejected' } });
    expect(progress.failure?.message).toContain('5 of the 5 resources that carry our marker (100 %, more than 20 %)');
    expect(progress.failure?.hint).toContain('--max-share');
    expect(deletes(on)).toBe(0);
    const meant = await sweep(on, { apply: true, rules: { ...anyOrphan, maxShare: '100%' } });
    expect(meant).toMatchObject({ phase: 'Done' });
    expect(left(on)).toEqual([]);
  });
});

describe('a teardown by plan', () => {
  const tearDown = async (on: Testbed, planHash: string | undefined): Promise<SweepProgress> => {
    await on.temporal.start('teardownEnvironment', `teardown/${name}`, [{ name, planHash }]);
    return await ended(on, `teardown/${name}`);
  };

  test('shows its plan and the results', async () => {
    const on = await newStack();
    await finishMainJob(on);
    const progress = await tearDown(on, undefined);
    expect(progress.phase).toBe('Gone');
    expect(items(progress)).toEqual(['notebook asked', 'pool asked']);
    expect(results(progress)).toEqual(['notebook deleted', 'pool deleted']);
  });

  test('refuses another hash before it cancels anything', async () => {
    const on = await newStack();
    await finishMainJob(on);
    const progress = await tearDown(on, '0123456789abcdef');
    expect(progress).toMatchObject({ phase: 'Failed', failure: { type: 'PlanChanged' }, results: [] });
    expect(on.temporal.openWorkflows()).toEqual([`lease/${name}`]);
    expect(left(on)).toEqual([name, name]);
  });

  test('continues with the hash that it printed', async () => {
    const on = await newStack();
    await finishMainJob(on);
    const refused = await tearDown(on, '0123456789abcdef');
    expect(await tearDown(on, refused.plan?.hash)).toMatchObject({ phase: 'Gone' });
    expect(left(on)).toEqual([]);
  });

  test('refuses the part of a sweep when an operation owns the orphans again', async () => {
    const on = await newStack();
    await orphaned(on);
    const { plan } = await sweep(on, { rules: anyOrphan });
    await startMainJob(on);
    await untilPhase(on, 'AwaitingPool');
    const progress = await tearDown(on, plan?.hash);
    expect(progress).toMatchObject({ phase: 'Failed', failure: { type: 'PlanChanged' } });
    expect(await on.temporal.result(`env/${name}`)).toMatchObject({ phase: 'Ready' });
    expect(left(on)).toEqual([name, name]);
  });

  test('takes the part of a sweep while its reason holds', async () => {
    const on = await newStack();
    await orphaned(on);
    const { plan } = await sweep(on, { rules: anyOrphan });
    expect(await tearDown(on, plan?.hash)).toMatchObject({ phase: 'Gone', plan: { hash: plan?.hash } });
    expect(left(on)).toEqual([]);
  });

  test('refuses what is protected before it cancels anything', async () => {
    const on = await newStack();
    await finishMainJob(on);
    await changeProtection(on, 'protect');
    expect(await tearDown(on, undefined)).toMatchObject({ phase: 'Failed', failure: { type: 'Protected' } });
    expect(on.temporal.openWorkflows()).toEqual([`lease/${name}`]);
    expect(left(on)).toEqual([name, name]);
  });

  test('keeps a new resource that was not in the plan, owned by a lease', async () => {
    const on = await newStack();
    await finishMainJob(on);
    const refused = await tearDown(on, '0123456789abcdef');
    await on.temporal.start('teardownEnvironment', `teardown/${name}`, [{ name, planHash: refused.plan?.hash }]);
    await untilPhase(on, 'StoppingNotebook', `teardown/${name}`);
    const user = on.simulator.state().notebooks[0]?.userName;
    await place(on, 'notebooks', 'newcomer', markerOf(`env/${name}`), { user });
    const progress = await ended(on, `teardown/${name}`);
    expect(progress).toMatchObject({ phase: 'Failed', failure: { type: 'PlanChanged' } });
    expect(left(on)).toContain('newcomer');
    expect(on.temporal.openWorkflows()).toEqual([`lease/${name}`]);
  });

  test.each([
    ['before', 'a-kept'],
    ['after', 'z-kept'],
  ])('reports a protected notebook that the list has %s one that was not in the plan', async (_order, kept) => {
    const on = await newStack();
    await finishMainJob(on);
    const { plan } = await tearDown(on, '0123456789abcdef');
    await on.temporal.start('teardownEnvironment', `teardown/${name}`, [{ name, planHash: plan?.hash }]);
    await untilPhase(on, 'StoppingNotebook', `teardown/${name}`);
    const user = on.simulator.state().notebooks[0]?.userName;
    const marker = markerOf(`env/${name}`);
    await place(on, 'notebooks', 'newcomer', marker, { user });
    await place(on, 'notebooks', kept, `${marker} maops:keep`, { user });
    expect(await ended(on, `teardown/${name}`)).toMatchObject({ phase: 'Failed', failure: { type: 'Protected' } });
    expect(left(on)).toEqual(expect.arrayContaining([kept, 'newcomer']));
  });
});
