import { describe, expect, test } from '@jest/globals';
import { planRemoval } from '../../src/client/removal-plan.js';
import { formatMarker } from '../../src/domain/resource/marker.js';
import { ModelArtsError } from '../../src/modelarts/errors.js';
import { notebookListSchema } from '../../src/modelarts/schemas/notebook.js';
import { poolListSchema } from '../../src/modelarts/schemas/pool.js';
import type { Workload } from '../../src/modelarts/schemas/workload.js';
import { ownerHash } from '../../src/spec/hash.js';

const installation = 'abc123';
const marker = (owner: string, of = installation) =>
  formatMarker({ installation: of, owner: ownerHash(owner), spec: '00000000' });

function pool(description: string) {
  return {
    metadata: {
      name: 'team-a-p',
      creationTimestamp: '2026-03-01T10:00:00Z',
      labels: { 'os.modelarts/name': 'team-a' },
      annotations: { 'os.modelarts/description': description },
    },
    spec: { resources: [] },
    status: { phase: 'Running', resources: {} },
  };
}

function notebook(id: string, description: string) {
  const times = { creation_timestamp: '1772359500000', latest_update_timestamp: '1772359500000' };
  return { id, name: id, description, status: 'RUNNING', ...times, spec: { annotations: {} } };
}

type Deps = Parameters<typeof planRemoval>[0];

function project(
  pools: readonly unknown[],
  notebooks: readonly unknown[] | 'down' = [],
  jobs: readonly Workload[] | 'down' = [],
): Deps {
  const modelarts = {
    pools: {
      list: async ({ status }: { status?: string }) =>
        poolListSchema.parse({ items: status === undefined ? pools : [] }),
      show: async () => fail(),
    },
    currentNotebooks: { listAll: async () => [] },
    notebooks: {
      list: async () =>
        notebooks === 'down'
          ? fail()
          : notebookListSchema.parse({ instances: notebooks, total_count: notebooks.length }),
      show: async () => fail(),
    },
    workloads: {
      async *list() {
        if (jobs === 'down') fail();
        yield* jobs;
      },
    },
    trainingJobs: { search: async () => ({ items: [] }) },
    services: { list: async () => ({ items: [] }) },
  };
  return { modelarts: modelarts as unknown as Deps['modelarts'], now: () => 0, sleep: async () => undefined };
}

function fail(): never {
  throw new ModelArtsError('it is down', { kind: 'unavailable', operation: 'x', method: 'GET', template: '/' });
}

const plan = async (deps: Deps) =>
  await planRemoval(deps, { name: 'team-a', installation, workspaceIds: [] }, new AbortController().signal);
const lines = async (deps: Deps) =>
  (await plan(deps)).items.map(({ action, kind, id, owner }) => `${action} ${kind} ${id} ${owner}`);

describe('the plan of a teardown in a command', () => {
  test('lists what was created under the name, notebooks first, with the operation that created it', async () => {
    expect(await lines(project([pool(marker('env/team-a'))], [notebook('n1', marker('notebook/team-a'))]))).toEqual([
      'delete notebook n1 notebook/team-a',
      'delete pool team-a-p env/team-a',
    ]);
  });

  test('leaves a pool without our marker, of another installation or of another name, and shows it', async () => {
    for (const description of ['mine', marker('env/team-a', 'ffffff'), marker('env/team-b')]) {
      expect(await lines(project([pool(description)]))).toEqual(['leave pool team-a-p null']);
    }
  });

  test('has the jobs on its pools, outside its hash', async () => {
    const pools = [pool(marker('env/team-a'))];
    const idle = await plan(project(pools));
    const running = { jobUUID: 'j-1', jobName: 'train-1', type: 'train', status: 'Running', userName: 'ann' };
    const busy = await plan(project(pools, [], [running, { ...running, jobUUID: 'j-2', status: 'Completed' }]));
    expect(busy.jobs).toEqual([
      { resource: 'team-a-p', id: 'j-1', name: 'train-1', kind: 'train', owner: 'ann', status: 'Running', since: null },
    ]);
    expect([busy.hash, idle.jobs]).toEqual([idle.hash, []]);
    expect((await plan(project(pools, [], 'down'))).unread).toEqual(['it is down']);
  });

  test('keeps protected resources, with the rule', async () => {
    const { items } = await plan(project([pool(`${marker('env/team-a')} maops:keep`)]));
    expect(items).toMatchObject([{ action: 'leave', rule: 'maops:keep', owner: 'env/team-a' }]);
  });

  test('has the same hash while it would delete the same', async () => {
    const before = await plan(project([pool(marker('env/team-a'))]));
    const again = await plan(project([pool(marker('env/team-a'))]));
    const kept = await plan(project([pool(`${marker('env/team-a')} maops:keep`)]));
    expect(again.hash).toBe(before.hash);
    expect(kept.hash).not.toBe(before.hash);
  });

  test('names a list that could not be read instead of treating it as empty', async () => {
    expect(await plan(project([], 'down'))).toMatchObject({
      items: [],
      unread: [expect.stringContaining('notebooks')],
    });
  });
});
