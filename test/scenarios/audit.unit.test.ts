import { describe, expect, test } from '@jest/globals';
import type { Progress } from '../../src/contract/progress.js';
import type { AuditProgress } from '../../src/contract/workflows.js';
import type { AuditFinding, AuditReport } from '../../src/domain/audit/report.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { GrpcError } from '../temporal-sim/grpc-errors.js';
import { orphaned, terminate } from './outside-changes.js';
import { finishMainJob, startMainJob, untilPhase } from './steps.js';

const newStack = testbedsForFile();

let audits = 0;

async function audit({ temporal }: Testbed, input: unknown = {}): Promise<AuditProgress & { report: AuditReport }> {
  audits += 1;
  const workflowId = `audit/${audits}`;
  await temporal.start('auditResources', workflowId, [input]);
  const result = await temporal.result<AuditProgress>(workflowId);
  if (result.report === null) throw new Error('the audit has no report');
  return { ...result, report: result.report };
}

const statusesOf = (report: AuditReport) =>
  Object.fromEntries(report.findings.map(({ kind, standing }) => [kind, standing]));

const descriptionOfPool = ['metadata', 'annotations', 'os.modelarts/description'];

describe('an audit in virtual time', () => {
  test('is Planning while it lists, and Reading while it asks for owners', async () => {
    const made = await newStack();
    await made.temporal.start('auditResources', 'audit/phases', [{}]);
    for (const phase of ['Planning', 'Reading', 'Done']) await untilPhase(made, phase, 'audit/phases');
  });

  test('reports resources of a lease as owned, before and after the operation has ended', async () => {
    const made = await newStack();
    await startMainJob(made);
    await untilPhase(made, 'AwaitingNotebook');
    expect((await audit(made)).report).toMatchObject({
      counts: { owned: 2, orphan: 0, unknown: 0 },
      findings: [{ owner: 'env/team-a', why: 'env/team-a: AwaitingNotebook' }, { kind: 'notebook' }],
    });
    await made.temporal.result('env/team-a');
    const { report, phase, why } = await audit(made);
    expect({ phase, why }).toEqual({ phase: 'Done', why: '2 owned' });
    expect(report).toMatchObject({
      source: 'temporal',
      installation: 'abc123',
      unread: [],
      counts: { owned: 2, orphan: 0, foreign: 0 },
      findings: [
        { kind: 'pool', name: 'team-a', standing: 'owned', owner: 'env/team-a', why: 'lease/team-a: Leased' },
        { kind: 'notebook', name: 'team-a', standing: 'owned', owner: 'env/team-a' },
      ],
    });
  });

  test('reports resources without an owner as orphans, with the ending of their operation', async () => {
    const made = await newStack();
    await orphaned(made);
    const { report } = await audit(made);
    expect(statusesOf(report)).toEqual({ pool: 'orphan', notebook: 'orphan' });
    expect(report.findings[0]?.why).toMatch(/its last operation ended TERMINATED at 2026/);
  });

  test('reports owned or orphan from the workflows, not from the list of workflows', async () => {
    const made = await newStack({
      onServerCall: (method) => {
        if (method === 'listWorkflowExecutions') throw new GrpcError(14, 'no list');
      },
    });
    await finishMainJob(made);
    expect(statusesOf((await audit(made)).report)).toEqual({ pool: 'owned', notebook: 'owned' });
  });

  test('reports unknown, never orphan, while Temporal cannot report the owners', async () => {
    let isSilent = false;
    const made = await newStack({
      onServerCall: (method) => {
        if (isSilent && method === 'describeWorkflowExecution') throw new GrpcError(14, 'no answer');
      },
    });
    await orphaned(made);
    isSilent = true;
    const { report } = await audit(made);
    expect(statusesOf(report)).toEqual({ pool: 'unknown', notebook: 'unknown' });
    expect(report.findings[0]?.why).toBe('Temporal could not say whether an operation owns it');
  });

  test('continues after a 502 and a truncated list, and names a list that cannot be read', async () => {
    const made = await newStack();
    await finishMainJob(made);
    made.simulator.faults.plan(
      { operation: 'pools.list', kind: 'status', status: 502 },
      { operation: 'notebooks.list', kind: 'halfBody' },
    );
    expect((await audit(made)).report).toMatchObject({ unread: [], counts: { owned: 2 } });
    made.simulator.faults.expectAllHit();
    made.simulator.faults.plan({ operation: 'notebooks.list', kind: 'status', status: 502, times: 3 });
    const { report } = await audit(made);
    expect(report).toMatchObject({ counts: { owned: 1 }, findings: [{ kind: 'pool' }] });
    expect(report.unread).toEqual([expect.stringMatching(/^notebooks: .*502/)]);
  });

  test('reads incomplete list items by id, and reports unknown when that is not enough', async () => {
    const made = await newStack();
    await orphaned(made);
    const lists = [
      { operation: 'pools.list', kind: 'missingFields', paths: [descriptionOfPool] },
      { operation: 'notebooks.list', kind: 'missingFields', paths: ['description'] },
    ] as const;
    made.simulator.faults.plan(...lists);
    expect(statusesOf((await audit(made)).report)).toEqual({ pool: 'orphan', notebook: 'orphan' });
    made.simulator.faults.plan(
      ...lists,
      { operation: 'pools.show', kind: 'missingFields', paths: [['metadata', 'annotations']] },
      { operation: 'notebooks.show', kind: 'status', status: 500, times: 3 },
    );
    const { report } = await audit(made);
    expect(statusesOf(report)).toEqual({ pool: 'unknown', notebook: 'unknown' });
  });

  test('does not report an orphan that is gone at the second observation', async () => {
    const made = await newStack();
    await orphaned(made);
    // What a list that lags behind shows: the resource is in it, and a show knows nothing of it.
    made.simulator.faults.plan({
      operation: 'pools.show',
      kind: 'status',
      status: 404,
      body: { json: { error_code: 'ModelArts.50015001', error_msg: 'pool not found' } },
    });
    const { report } = await audit(made);
    expect(report.findings.map(({ kind, standing }) => [kind, standing])).toEqual([['notebook', 'orphan']]);
  });

  test('reports resources of another installation and without a marker as foreign', async () => {
    const made = await newStack();
    await finishMainJob(made);
    const snapshot = made.simulator.snapshot();
    const [pool] = snapshot.state.pools;
    if (pool === undefined) throw new Error('no pool');
    pool.annotations['os.modelarts/description'] = 'of somebody else maops:fffff0-aaaaaaaa-bbbbbbbb';
    made.simulator.restore(snapshot);
    const { report } = await audit(made);
    expect(statusesOf(report)).toEqual({ pool: 'foreign', notebook: 'owned' });
    expect(report.findings[1]?.why).toBe('created by installation fffff0');
  });

  test('prices pools by their nodes and leaves a notebook on one out', async () => {
    const prices = { currency: 'EUR', flavors: { 'modelarts.vm.gpu.t4u8': 1.1 } };
    const made = await newStack({ prices });
    await finishMainJob(made);
    await made.temporal.run({ maxTime: 10 * 3_600_000 });
    const { report } = await audit(made);
    const [pool, notebook] = report.findings as [AuditFinding, AuditFinding];
    expect(pool.cost).toMatchObject({ perHour: 2.2, currency: 'EUR' });
    expect(pool.cost?.sinceCreation).toBeCloseTo((2.2 * (pool.ageSeconds ?? 0)) / 3_600, 1);
    expect(notebook.cost).toEqual({ perHour: 0, sinceCreation: 0, currency: 'EUR' });
    expect(report.costs).toMatchObject({ perHour: 2.2 });
  });

  test('reports resources past the end of their lease as expired, and unchanged ones as stuck', async () => {
    const made = await newStack();
    await startMainJob(made, { lease: { ttl: '1h' } });
    await made.temporal.result('env/team-a');
    await made.temporal.run({ maxTime: 10 * 60_000 });
    expect((await audit(made)).report.counts).toMatchObject({ owned: 2 });
    await made.temporal.signal('lease/team-a', 'pause', { by: 'ann', reason: 'forgotten' });
    await made.temporal.run({ maxTime: 3 * 3_600_000 });
    const { report } = await audit(made);
    expect(report.counts).toMatchObject({ expired: 2, owned: 0 });
    expect(report.findings[0]?.why).toMatch(/^the lease of team-a ended 2h/);
    made.simulator.faults.plan({ operation: 'pools.delete', kind: 'deleteFails', times: 'always' });
    await made.temporal.signal('lease/team-a', 'resume', { by: 'ann' });
    await made.temporal.run({ maxTime: 3_600_000 });
    expect((await audit(made)).report).toMatchObject({
      counts: { owned: 1, expired: 0 },
      findings: [{ kind: 'pool', why: 'lease/team-a: DeletingPool' }],
    });
    await made.temporal.run({ maxTime: 6 * 3_600_000 });
    const { report: late } = await audit(made);
    expect(late.counts).toMatchObject({ stuck: 1 });
    expect(late.findings[0]?.why).toMatch(/^lease\/team-a has been DeletingPool for [67]h/);
  });

  test('fails, and is not retried forever, with rejected credentials', async () => {
    const made = await newStack();
    await finishMainJob(made);
    made.simulator.faults.plan({ operation: '*', kind: 'unauthorized', times: 'always' });
    await made.temporal.start('auditResources', 'audit/refused', [{}]);
    await expect(made.temporal.result('audit/refused')).rejects.toMatchObject({ cause: { type: 'NotAuthorized' } });
  });
});

describe('adopting an orphan in virtual time', () => {
  test('gives all resources of its name a lease again, which can tear them down', async () => {
    const made = await newStack();
    await startMainJob(made, { lease: { ttl: '8h' } });
    await made.temporal.result('env/team-a');
    await terminate(made, 'lease/team-a');
    const { report } = await audit(made);
    const id = report.findings[0]?.id;
    const adopted = await audit(made, { adopt: { id, by: 'ann', reason: 'still used' } });
    expect(adopted.audit).toMatchObject([{ by: 'ann', verb: 'adopt', reason: 'still used' }]);
    expect(adopted.report.counts).toMatchObject({ owned: 2, orphan: 0 });
    expect(made.temporal.openWorkflows()).toEqual(['lease/team-a']);
    const { audit: entries } = await made.progress('lease/team-a');
    expect(entries).toMatchObject([{ by: 'ann', verb: 'adopt', reason: 'still used' }]);
    // The end of the last known spec, counted from now.
    const endsAt = new Date(made.temporal.now() + 8 * 3_600_000).toISOString().slice(0, 15);
    expect((await made.progress('lease/team-a')).lease?.endsAt).toContain(endsAt);
    expect((await audit(made)).report.counts).toMatchObject({ owned: 2, orphan: 0 });
    await made.temporal.start('teardownEnvironment', 'teardown/team-a', [{ name: 'team-a' }]);
    expect(await made.temporal.result('teardown/team-a')).toMatchObject({ phase: 'Gone' });
    expect(made.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test('takes the name from the resource when Temporal has lost everything', async () => {
    const before = await newStack();
    await finishMainJob(before);
    const after = await newStack({ startAt: before.temporal.now() });
    after.simulator.restore(before.simulator.snapshot());
    const { report } = await audit(after);
    expect(statusesOf(report)).toEqual({ pool: 'orphan', notebook: 'orphan' });
    expect(report.findings[0]).toMatchObject({
      owner: 'env/team-a',
      why: 'created by env/team-a; Temporal no longer has its history',
    });
    await audit(after, { adopt: { id: 'team-a', by: 'ann', reason: 'the database was lost' } });
    expect(after.temporal.openWorkflows()).toEqual(['lease/team-a']);
    expect((await audit(after)).report.counts).toMatchObject({ owned: 2 });
  });

  test('ends with one lease when two adopt at the same time', async () => {
    const made = await newStack();
    await orphaned(made);
    const adopt = { id: 'team-a', by: 'ann', reason: 'both' };
    await made.temporal.start('auditResources', 'audit/left', [{ adopt }]);
    await made.temporal.start('auditResources', 'audit/right', [{ adopt: { ...adopt, by: 'bob' } }]);
    const ends = [made.temporal.result('audit/left'), made.temporal.result('audit/right')];
    expect((await Promise.allSettled(ends)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(made.temporal.openWorkflows()).toEqual(['lease/team-a']);
  });

  test.each([
    ['what is owned', { id: 'team-a' }, 'RequestRejected', /is owned: lease\/team-a/],
    ['what is not there', { id: 'team-b' }, 'NotFound', /no pool or notebook team-b/],
  ])('refuses %s', async (_what, adopt, type, message) => {
    const made = await newStack();
    await finishMainJob(made);
    await made.temporal.start('auditResources', 'audit/refused', [
      { adopt: { ...adopt, by: 'ann', reason: 'why not' } },
    ]);
    await expect(made.temporal.result('audit/refused')).rejects.toMatchObject({
      cause: { type, message: expect.stringMatching(message) },
    });
  });

  test('refuses an orphan without a known name, and names the sweep, which deletes it', async () => {
    const made = await newStack();
    await orphaned(made);
    const snapshot = made.simulator.snapshot();
    const [pool] = snapshot.state.pools;
    if (pool === undefined) throw new Error('no pool');
    pool.annotations['os.modelarts/description'] = 'maops:abc123-aaaaaaaa-bbbbbbbb';
    made.simulator.restore(snapshot);
    await made.temporal.run({ maxTime: 3_600_000 });
    await made.temporal.start('auditResources', 'audit/nameless', [{ adopt: { id: pool.id, by: 'ann', reason: 'x' } }]);
    await expect(made.temporal.result('audit/nameless')).rejects.toMatchObject({
      cause: { type: 'RequestRejected', message: expect.stringMatching(/the environment of \w+ \S+ is unknown/) },
    });
    const { failure } = await made.temporal.query<Progress>('audit/nameless', 'progress');
    expect(failure?.hint).toMatch(/^The owner in its marker is aaaaaaaa\. .*`maops sweep plan`/);
    expect(made.temporal.openWorkflows()).toEqual([]);
    await made.temporal.start('sweepExpired', 'sweep/nameless', [
      { apply: true, rules: { orphans: { minAge: '0s' } } },
    ]);
    expect(await made.temporal.result('sweep/nameless')).toMatchObject({ phase: 'Done', failure: null });
    expect(made.simulator.state().pools).toEqual([]);
  });
});
