import { describe, expect, test } from '@jest/globals';
import { recordingOf } from '../../src/probe/recording/recording.js';
import type { Reading } from '../../src/probe/run.js';
import { DEFAULT_USERS } from '../../src/simulator/auth/credentials.js';
import { DEFAULT_CATALOGUE } from '../../src/simulator/catalogue/default-catalogue.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { changeBody, fullAccount, probe, type Rewrite } from './account.js';

const projectId = 'feedc0de00aa11bb22cc33dd44ee55ff';
const now = Date.parse('2027-05-17T09:30:15Z');

/** An account in which every name contains `zq`. */
function privateAccount(): Simulator {
  const [ops, neighbour] = DEFAULT_USERS;
  if (ops === undefined || neighbour === undefined) throw new Error('no users');
  return fullAccount({
    projectId,
    region: 'zq-north-7',
    credentials: [
      { ...ops, id: 'aaaabbbbccccddddeeeeffff00001111', name: 'zqalice', domainName: 'zq_corp' },
      { ...neighbour, id: '99998888777766665555444433332222', name: 'zqbob', domainName: 'zq_corp' },
    ],
    catalogue: {
      ...DEFAULT_CATALOGUE,
      networks: ['zq-network'],
      images: DEFAULT_CATALOGUE.images.map((image) => ({
        ...image,
        name: `zq-${image.name}`,
        description: 'zq image',
      })),
    },
    placed: {
      pools: [
        { name: 'zq-team', user: 'zqalice', description: 'zq: call 555-0199', count: 2 },
        { name: 'zq-kept', description: 'zq words maops:abc123-deadbeef-feedface maops:keep', phase: 'Abnormal' },
      ],
      workloads: [{ pool: 'zq-team', name: 'zq-train', user: 'zqalice' }],
      notebooks: [{ name: 'zq-old', user: 'zqalice', description: 'zq notes' }],
      currentNotebooks: [
        { name: 'zq-new', user: 'zqalice', description: 'zq notes' },
        { name: 'zq-other', status: 'STOPPED', user: 'zqbob' },
      ],
    },
  });
}

const recordOf = (readings: readonly Reading[]) => recordingOf(readings, { projectId, now });

async function recorded(rewrite?: Rewrite, account = privateAccount()) {
  const readings = await probe(account, rewrite);
  const recording = recordOf(readings);
  const bytes = recording.files.map(({ name, text }) => `${name}\n${text}`).join('\n');
  const bodies = new Map(
    recording.files.toReversed().map(({ name, text }) => [name.replace(/^\d+-|\.json$/g, ''), JSON.parse(text)]),
  );
  return { readings, recording, bytes, bodies };
}

/** Every id, name, address and secret in the responses. */
function realValues(readings: readonly Reading[]): Set<string> {
  const found = new Set<string>();
  const patterns = [
    /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi,
    /\b[0-9a-f]{32}\b/gi,
    /\b\d{1,3}(\.\d{1,3}){3}\b/g,
    /[a-z0-9_.-]*zq[a-z0-9_.-]*/gi,
    /os-node-[\w-]+/g,
    /order\.\w+-[\w-]+/g,
    /https?:\/\/[^"\s]+/g,
  ];
  const text = JSON.stringify(readings.map(({ response, sent }) => [response?.body, sent]));
  for (const pattern of patterns) for (const [value] of text.matchAll(pattern)) found.add(value.toLowerCase());
  return found;
}

describe('privacy', () => {
  test('no byte of a recording has an id, a name, an address or a secret of the account', async () => {
    const { readings, bytes } = await recorded();
    const values = [
      ...realValues(readings),
      'simulator-only',
      '555-0199',
      'abc123',
      'deadbeef',
      'feedface',
      'huaweicloud',
    ];
    expect(values.length).toBeGreaterThan(60);
    const text = bytes.toLowerCase();
    expect(values.filter((value) => text.includes(value))).toEqual([]);
  });

  test('unknown fields keep their key only when it cannot be data, and never their value', async () => {
    const rewrite = changeBody('pools.list', ({ items }) => {
      Object.assign(items[0].status, {
        coolingMode: 'zq-liquid',
        'zq customer': { zqalice: 7, name: 'zq-inner', quota: [1, 'zq-a', true] },
        zqalice: 1,
        apiSecret: { zq: 'zq-secret' },
      });
      items[0].status.phase = 'zqPhase';
      items[0].metadata.labels['zq/label'] = 'zq-value';
      items[0].status.message = 8_675_309;
    });
    const { bytes, bodies } = await recorded(rewrite);
    const { status } = bodies.get('pools.list').items[0];
    expect(bytes.toLowerCase()).not.toMatch(/zq|8675309/);
    expect(status).toMatchObject({ coolingMode: expect.stringMatching(/^name-\d+$/), apiSecret: 'secret' });
    const shape = Object.values(status).find(
      (value) => typeof value === 'object' && Object.hasOwn(Object(value), 'quota'),
    );
    expect(shape).toMatchObject({ name: expect.any(String), quota: [0, expect.any(String), false] });
  });

  test('error texts are replaced, and codes stay', async () => {
    const body = { error_code: 'ModelArts.0108', error_msg: 'zqalice may not do this' };
    const { bytes, bodies } = await recorded((operation, reply) =>
      operation === 'quotas.show' ? { ...reply, status: 403, body } : reply,
    );
    expect(bodies.get('quotas.show').error_code).toBe('ModelArts.0108');
    expect(bytes.toLowerCase()).not.toContain('zq');
  });
});

describe('what a recording is good for', () => {
  test('relations, closed words, numbers and flavors survive', async () => {
    const { bodies, recording } = await recorded();
    const index = bodies.get('recording');
    const [pool, kept] = bodies.get('pools.list').items;
    const { name, labels, annotations } = pool.metadata;
    expect(name).toBe(`${labels['os.modelarts/name']}-${index.projectId}`);
    expect(pool.status.phase).toBe('Running');
    expect(pool.spec.resources[0]).toMatchObject({ flavor: 'modelarts.vm.cpu.8ud', count: 2 });
    expect(annotations['os.modelarts.pool/subpools.count']).toBe('0');
    expect(kept.metadata.annotations['os.modelarts/description']).toMatch(
      /^text-\d+ maops:[0-9a-f]{6}-[0-9a-f]{8}-[0-9a-f]{8} maops:keep$/,
    );
    const shown = index.calls.find(({ operation }: { operation: string }) => operation === 'workloads.list');
    expect(shown).toMatchObject({ path: { pool_name: name }, query: { limit: 100 }, state: 'ok' });
    expect(bodies.get('workloads.list').items[0].namespace).toEqual(expect.any(String));
    expect(bodies.get('flavors.list').items[0].metadata.name).toBe('modelarts.vm.gpu.t4u8');
    expect(recording.bytes).toBeLessThan(300_000);
  });

  test('times move by whole days, in their form', async () => {
    const first = await recorded();
    const index = first.bodies.get('recording');
    expect(new Date(index.recordedAt).toISOString()).toBe('2026-01-01T09:30:15.000Z');
    const created = first.readings.find(({ call }) => call.operation === 'currentNotebooks.show')?.response?.body;
    const before = Object(created).create_at;
    const [after] = first.bodies.get('currentNotebooks.list').data;
    expect(Math.abs((after.create_at - before) % 86_400_000)).toBe(0);
    expect(now - before).toBe(index.recordedAt - after.create_at);
  });

  test('a large account gives a bounded recording', async () => {
    const pools = Array.from({ length: 80 }, (_none, number) => ({ name: `pool-${number}`, count: 10 }));
    const { recording, bodies } = await recorded(undefined, fullAccount({ projectId, placed: { pools } }));
    expect(bodies.get('pools.list').items).toHaveLength(50);
    expect(recording.bytes).toBeLessThan(2 * 1024 * 1024 + 100_000);
  });
});
