import { describe, expect, test } from '@jest/globals';
import { notebookRequest, poolRequest } from '../../../src/activities/resource/requests.js';
import { isCurrentNotebook, type Spec } from '../../../src/contract/spec.js';
import { checkSpec } from '../../../src/spec/check.js';

const marker = { installation: 'aaaaaa', owner: '11111111', spec: '22222222' };

function specOf(change: Record<string, unknown> = {}): Spec {
  const checked = checkSpec('provisionPoolThenLaunchNotebook', {
    name: 'team-a',
    pool: {
      flavors: ['modelarts.vm.gpu.t4u8', 'modelarts.vm.gpu.tnt004'],
      count: 2,
      network: 'net-01',
      scope: ['Train', 'Notebook'],
    },
    notebook: {
      profileId: 'Multi-Engine 1.0 (python3)-gpu',
      flavor: 'modelarts.bm.gpu.v100NV32',
      storage: { type: 'evs', volumeSize: 5 },
    },
    ...change,
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.spec;
}

describe('the pool request', () => {
  test('has the chosen flavor, the marker and nothing else that is not in the spec', () => {
    const { pool } = specOf();
    if (pool === undefined) throw new Error('no pool');
    expect(poolRequest('team-a', pool, 1, marker)).toEqual({
      apiVersion: 'v2',
      kind: 'Pool',
      metadata: {
        labels: { 'os.modelarts/name': 'team-a' },
        annotations: { 'os.modelarts/description': 'maops:aaaaaa-11111111-22222222' },
      },
      spec: {
        type: 'Dedicate',
        scope: ['Train', 'Notebook'],
        network: { name: 'net-01' },
        resources: [{ flavor: 'modelarts.vm.gpu.tnt004', count: 2 }],
      },
    });
  });
});

describe('the notebook request', () => {
  const pool = { id: 'team-a-p', type: 'USER_DEFINED', name: 'team-a', owner: { projectId: 'p' } };
  const request = (spec: Spec) => {
    if (spec.notebook === undefined || isCurrentNotebook(spec.notebook)) throw new Error('no notebook');
    return notebookRequest(spec, spec.notebook, pool, marker);
  };

  test('runs on the pool and carries the marker in description and annotations', () => {
    expect(request(specOf())).toEqual({
      name: 'team-a',
      profile_id: 'Multi-Engine 1.0 (python3)-gpu',
      flavor: 'modelarts.bm.gpu.v100NV32',
      description: 'maops:aaaaaa-11111111-22222222',
      spec: {
        storage: { type: 'evs', location: { volume_size: 5 } },
        annotations: { maops: 'maops:aaaaaa-11111111-22222222' },
      },
      pool: { id: 'team-a-p', type: 'USER_DEFINED', name: 'team-a', owner: { project_id: 'p' } },
    });
  });

  test.each([
    ['its own autoStop', undefined, '4h', 14_400],
    ['a short lease', '2h', undefined, 7_200],
    ['a long lease, cut at a day', '72h', undefined, 86_400],
    ['a lease under an hour, lifted to one', '30m', undefined, 3_600],
    ['the shorter of lease and autoStop', '8h', '4h', 14_400],
  ])('stops by itself after %s', (_title, ttl, autoStop, seconds) => {
    const spec = specOf({
      ...(ttl === undefined ? {} : { lease: { ttl, warnings: [] } }),
      notebook: {
        profileId: 'Multi-Engine 1.0 (python3)-gpu',
        flavor: 'modelarts.bm.gpu.v100NV32',
        storage: { type: 'evs' },
        ...(autoStop === undefined ? {} : { autoStop }),
      },
    });
    expect(request(spec).spec.auto_stop).toMatchObject({ enable: true, duration: seconds });
  });
});
