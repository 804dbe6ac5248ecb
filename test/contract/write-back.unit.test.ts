import fc from 'fast-check';
import { poolSchema } from '../../src/modelarts/schemas/pool.js';
import { poolCreateSchema, poolPatchSchema } from '../../src/modelarts/schemas/pool-request.js';
import { withoutNulls } from '../../src/modelarts/schemas/tolerant.js';
import { createCaller, poolBody } from '../simulator/caller.js';

/** A pool that is read can be written back unchanged (docs/api/pools-and-flavors.md "0.1 Corrections"). */

const scalar = fc.oneof(fc.string({ maxLength: 8 }), fc.integer({ min: 0, max: 999 }), fc.boolean());
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);
const optional = { requiredKeys: [] };
const flavors = ['modelarts.vm.gpu.t4u8', 'modelarts.vm.gpu.tnt004', 'modelarts.vm.cpu.8ud', 'modelarts.vm.cpu.4ud'];

/** Members of a row that a client may send, and that the service repeats. */
const rowMembers = fc.record(
  {
    nodePool: fc.oneof(word, fc.constantFrom('nodePool-1', 'modelarts.vm.cpu.8ud-default', 'a.b-c')),
    extendParams: fc
      .dictionary(word, scalar, { maxKeys: 3 })
      .map((more) => ({ dockerBaseSize: '1000', runtime: 'containerd', ...more })),
    rootVolume: fc.record({
      volumeType: fc.constant('SSD'),
      size: fc.constant('100Gi'),
      extendParams: fc.dictionary(word, scalar, { maxKeys: 2 }),
    }),
    labels: fc.dictionary(word, word, { maxKeys: 2 }),
    taints: fc.array(fc.record({ key: word, value: word, effect: fc.constant('NoSchedule') }), {
      minLength: 1,
      maxLength: 2,
    }),
    tags: fc.array(fc.record({ key: word, value: word }), { minLength: 1, maxLength: 2 }),
    os: fc.record({ name: word, imageType: fc.constantFrom('private', '') }),
  },
  optional,
);

const row = fc
  .tuple(rowMembers, fc.constantFrom(...flavors), fc.integer({ min: 1, max: 3 }), fc.boolean())
  .map(([members, flavor, count, inZone]) => ({
    ...members,
    flavor,
    count,
    ...(inZone ? { azs: [{ az: 'cn-north-4a', count }] } : {}),
  }));

const rows = fc.uniqueArray(row, {
  minLength: 1,
  maxLength: 4,
  selector: ({ flavor, nodePool }) => `${flavor} ${nodePool ?? `${flavor}-default`}`,
});

const annotations = fc
  .dictionary(word, word, { maxKeys: 3 })
  .map((map) => Object.fromEntries(Object.entries(map).map(([key, value]) => [`os.modelarts.x/${key}`, value])));

const request = fc
  .tuple(fc.stringMatching(/^[a-z][a-z0-9-]{2,30}[a-z0-9]$/), rows, annotations, fc.boolean())
  .map(([name, resources, notes, hasDriver]) => {
    const gpu = resources.some(({ flavor }) => flavor.includes('gpu'));
    const driver = hasDriver && gpu ? { driver: { gpuVersion: '440.33', updateStrategy: 'idle' } } : {};
    return poolBody(name, { resources, ...driver }, { annotations: { 'os.modelarts/description': 'x', ...notes } });
  });

/** The parts of a pool that a change may contain. */
function changeOf(pool: Pick<ReturnType<typeof poolSchema.parse>, 'metadata' | 'spec'>) {
  const { scope, resources, driver } = pool.spec;
  return {
    metadata: { annotations: pool.metadata.annotations },
    spec: { scope, resources, ...(driver === undefined ? {} : { driver }) },
  };
}

test('every legal create request is accepted by our client and by the simulator', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (body) => {
      expect(poolCreateSchema.safeParse(body).error?.issues ?? []).toEqual([]);
      const { call, pools } = createCaller();
      expect((await call('POST', pools, body)).body.error_msg).toBeUndefined();
    }),
    { numRuns: 100 },
  );
});

test('a pool of the simulator can be written back, as our client reads it and as it was sent', async () => {
  await fc.assert(
    fc.asyncProperty(request, fc.boolean(), fc.boolean(), async (body, isRunning, nodePoolNames) => {
      const { call, pools, projectId, simulator } = createCaller({ behavior: { nodePoolNames } });
      const phase = isRunning ? 'Running' : 'Creating';
      await call('POST', '/_sim/pools', { pool: body, phase });
      const path = `${pools}/${simulator.state().pools[0]?.name}-${projectId}`;
      const before = await call('GET', path);
      const read = poolSchema.parse(withoutNulls(before.body));
      const change = poolPatchSchema.safeParse(changeOf(read));
      expect(change.error?.issues ?? []).toEqual([]);
      const { metadata, spec } = before.body;
      for (const sent of [change.data, { metadata, spec }]) {
        const changed = await call('PATCH', path, sent);
        expect([changed.status, changed.body.error_msg]).toEqual([200, undefined]);
        expect((await call('GET', path)).body).toEqual(before.body);
      }
      expect(simulator.state().orders).toHaveLength(1);
    }),
    { numRuns: 100 },
  );
});

test('rows with members that no page lists are written back as they were read', () => {
  const unknown = fc.record(
    {
      ...Object.fromEntries(['someNumber', 'someFlag', 'someText'].map((key) => [key, scalar])),
      someList: fc.array(word, { minLength: 1, maxLength: 2 }),
      someObject: fc.record({ deep: fc.record({ deeper: scalar }) }),
    },
    optional,
  );
  const answer = fc.tuple(fc.array(fc.tuple(row, unknown), { minLength: 1, maxLength: 1 }), annotations);
  fc.assert(
    fc.property(answer, ([pairs, notes]) => {
      const resources = pairs.map(([known, more]) => ({ ...known, maxCount: 9, ...more }));
      const pool = poolSchema.parse({
        metadata: { name: 'p', annotations: notes },
        spec: { scope: ['Train'], resources },
      });
      const change = poolPatchSchema.parse(changeOf(pool));
      expect(change.metadata?.annotations).toEqual(notes);
      expect(change.spec?.resources).toEqual(resources);
    }),
  );
});

test('a count is changed with the rest of the rows as they were read, with the old maxCount and zones', async () => {
  const { call, pools, projectId } = createCaller();
  const zoned = { flavor: 'modelarts.vm.gpu.t4u8', count: 2, azs: [{ az: 'cn-north-4a', count: 2 }] };
  await call('POST', '/_sim/pools', { pool: poolBody('team-a', { resources: [zoned] }) });
  const path = `${pools}/team-a-${projectId}`;
  const [read] = (await call('GET', path)).body.spec.resources;
  expect(read).toMatchObject({ count: 2, maxCount: 2 });
  const changed = await call('PATCH', path, { spec: { resources: [{ ...read, count: 3 }] } });
  expect(changed.status).toBe(200);
  expect((await call('GET', path)).body.spec.resources).toMatchObject([{ count: 3, maxCount: 3 }]);
});
