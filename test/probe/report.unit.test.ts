import { describe, expect, test } from '@jest/globals';
import { type ProbeReport, reportOf } from '../../src/probe/report.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { Broken } from '../modelarts/fake-service.js';
import { changeBody, fullAccount, probe, probeCalls, type Rewrite } from './account.js';

async function reportFor(rewrite?: Rewrite, simulator: Simulator = fullAccount()): Promise<ProbeReport> {
  return reportOf(await probe(simulator, rewrite));
}

test('every call reaches the operation that it names, and nothing differs from the documentation', async () => {
  const simulator = fullAccount();
  const readings = await probe(simulator);
  const report = reportOf(readings);
  expect(report.findings).toEqual([]);
  expect(report.blocked).toEqual([]);
  expect(report.notebookApis).toEqual({ current: 'available', historical: 'available' });
  expect(simulator.requests().map(({ operation }) => operation)).toEqual(readings.map(({ call }) => call.operation));
  expect(new Set(readings.map(({ call }) => call.operation)).size).toBe(probeCalls.length - 1);
  expect(simulator.requests().every(({ effect }) => effect === null)).toBe(true);
});

test('calls without anything to ask about are skipped', async () => {
  const { calls, blocked } = await reportFor(undefined, fullAccount({ placed: {} }));
  expect(calls.filter(({ state }) => state === 'skipped').map(({ operation }) => operation)).toContain(
    'workloads.list',
  );
  expect(blocked).toEqual([]);
});

describe('differences', () => {
  test('an unknown field is ignored, and its value is not shown', async () => {
    const rewrite = changeBody('pools.list', ({ items }) => {
      for (const item of items) item.status.thermalState = 'secret-value';
    });
    const report = await reportFor(rewrite);
    expect(report.findings).toEqual([
      {
        kind: 'unknownField',
        operation: 'pools.list',
        path: 'items[].status.thermalState',
        value: 'string',
        count: 2,
        effect: 'ignored',
      },
    ]);
    expect(report.blocked).toEqual([]);
  });

  test.each([
    ['pools.list', (body: Body) => (body.items[0].status.phase = 'Hibernating'), 'items[].status.phase', 'waits'],
    ['workloads.list', (body: Body) => (body.items[0].status = 'Hibernating'), 'items[].status', 'inUse'],
    [
      'flavors.list',
      (body: Body) => (body.items[0].status.phase.az = 'Hibernating'),
      'items[].status.phase.*',
      'soldOut',
    ],
    ['currentNotebooks.show', (body: Body) => (body.status = 'Hibernating'), 'status', 'waits'],
    ['notebooks.show', (body: Body) => (body.status = 'Hibernating'), 'status', 'waits'],
    ['images.list', (body: Body) => (body.data[0].status = 'Hibernating'), 'data[].status', 'notFeasible'],
    [
      'workloads.statistics',
      (body: Body) => (body.statistics.items[0].status.Hibernating = 1),
      'statistics.items[].status',
      'inUse',
    ],
  ])('an unknown word in %s', async (operation, change, path, effect) => {
    const { findings } = await reportFor(changeBody(operation, change));
    expect(findings).toEqual([
      expect.objectContaining({ kind: 'unknownWord', operation, path, value: 'Hibernating', effect }),
    ]);
  });

  test('another type counts as absent, and rows of another shape make a list unreadable', async () => {
    const typed = await reportFor(changeBody('pools.list', ({ items }) => (items[0].spec.resources[0].count = ['2'])));
    expect(typed.findings).toEqual([
      expect.objectContaining({
        kind: 'otherType',
        path: 'items[].spec.resources[].count',
        value: 'list',
        effect: 'absent',
      }),
    ]);
    expect(typed.blocked).toEqual([]);
    const unreadable = await reportFor(changeBody('pools.list', ({ items }) => delete items[0].metadata.name));
    expect(unreadable.findings).toContainEqual(
      expect.objectContaining({ kind: 'unreadable', operation: 'pools.list', effect: 'retried' }),
    );
    expect(unreadable.blocked).toEqual(['pools.list']);
  });

  test('another content type is only reported while the body is JSON', async () => {
    const json = await reportFor((operation, reply) =>
      operation === 'networks.list' ? { ...reply, headers: { 'content-type': 'text/plain' } } : reply,
    );
    expect(json.findings).toEqual([
      expect.objectContaining({
        kind: 'contentType',
        operation: 'networks.list',
        value: 'text/plain',
        effect: 'ignored',
      }),
    ]);
    const page = await reportFor((operation, reply) =>
      operation === 'networks.list' ? { body: '<html></html>', headers: { 'content-type': 'text/html' } } : reply,
    );
    expect(page.findings.map(({ kind, effect }) => [kind, effect])).toEqual([
      ['unreadable', 'retried'],
      ['contentType', 'retried'],
    ]);
    expect(page.blocked).toEqual(['networks.list']);
  });

  test('an unknown code counts by its status', async () => {
    const { findings } = await reportFor((operation, reply) =>
      operation === 'quotas.show' ? { status: 409, body: { error_code: 'ModelArts.9876', error_msg: 'no' } } : reply,
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: 'unknownCode', operation: 'quotas.show', value: '409 ModelArts.9876' }),
    );
  });

  test('a lost connection is reported, and the probe continues', async () => {
    const report = await reportFor((operation, reply) =>
      operation === 'orders.list' ? new Broken('ECONNRESET') : reply,
    );
    expect(report.findings).toEqual([
      expect.objectContaining({ kind: 'noResponse', operation: 'orders.list', value: 'transport', effect: 'retried' }),
    ]);
    expect(report.calls.at(-1)).toMatchObject({ operation: 'notebooks.show', state: 'ok' });
  });
});

describe('what the account has', () => {
  test('one notebook API is enough', async () => {
    const report = await reportFor(undefined, fullAccount({ behavior: { historicalNotebookApi: false } }));
    expect(report.notebookApis).toEqual({ current: 'available', historical: 'missing' });
    expect(report.blocked).toEqual([]);
    expect(report.findings.every(({ kind }) => kind === 'missingCall')).toBe(true);
  });

  test('without any notebook API, notebooks are blocked', async () => {
    const behavior = { historicalNotebookApi: false, currentNotebookApi: false };
    const report = await reportFor(undefined, fullAccount({ behavior }));
    expect(report.notebookApis).toEqual({ current: 'missing', historical: 'missing' });
    expect(report.blocked).toEqual(['notebooks']);
  });

  test('a missing right is named, with what it blocks', async () => {
    const unavailable = {
      'workloads.list': 'forbidden',
      'services.*': 'forbidden',
      'currentNotebooks.listAll': 'forbidden',
    } as const;
    const report = await reportFor(undefined, fullAccount({ behavior: { unavailable } }));
    expect(report.missingRights).toEqual([
      'modelarts:notebook:listAllNotebooks',
      'modelarts:pool:get',
      'modelarts:service:list',
    ]);
    expect(report.blocked).toEqual(['workloads.list', 'currentNotebooks.listAll']);
    expect(report.findings.map(({ kind, operation, effect }) => [kind, operation, effect])).toEqual([
      ['missingRight', 'workloads.list', 'jobsUnknown'],
      ['missingRight', 'services.list', 'ignored'],
      ['missingRight', 'currentNotebooks.listAll', 'jobsUnknown'],
    ]);
  });

  test('a missing call differs from a missing resource', async () => {
    const missing = await reportFor(
      undefined,
      fullAccount({ behavior: { unavailable: { 'workloads.list': 'missing' } } }),
    );
    expect(missing.findings).toContainEqual(
      expect.objectContaining({ kind: 'missingCall', operation: 'workloads.list', effect: 'jobsUnknown' }),
    );
    const gone = await reportFor((operation, reply) =>
      operation === 'orders.show' ? { ...reply, status: 404, body: { error_code: 'ModelArts.50015001' } } : reply,
    );
    expect(gone.findings).toEqual([
      expect.objectContaining({ kind: 'failed', operation: 'orders.show', effect: 'gone' }),
    ]);
  });

  test('rejected credentials end the probe', async () => {
    const simulator = fullAccount();
    const report = await reportFor(() => ({ status: 401, body: { error_code: 'ModelArts.50001000' } }), simulator);
    expect(report.calls).toHaveLength(1);
    expect(report.blocked).toContain('networks.list');
  });
});

describe('bounds', () => {
  test('a response with many differences gives a bounded report', async () => {
    const report = await reportFor(
      changeBody('pools.list', (body) => {
        for (let index = 0; index < 2_000; index += 1) body[`field${index}`] = index;
      }),
    );
    expect(report.findings).toHaveLength(100);
    expect(report.findingsOmitted).toBe(400);
  });

  test('many resources give a bounded number of calls', async () => {
    const pools = Array.from({ length: 40 }, (_none, index) => ({ name: `pool-${index}` }));
    const readings = await probe(fullAccount({ placed: { pools } }));
    expect(readings.length).toBeLessThanOrEqual(60);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a JSON body that a test changes
type Body = any; // oxlint-disable-line typescript/no-explicit-any -- a JSON body that a test changes
