import { describe, expect, test } from '@jest/globals';
import type { Context } from '../../src/cli/context.js';
import { dryRun } from '../../src/cli/dry-run.js';
import { type DryRun, renderDryRun } from '../../src/cli/output/dry-run.js';
import { formatMarker } from '../../src/domain/resource/marker.js';
import { createManualClock } from '../../src/simulator/clock.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { ownerHash } from '../../src/spec/hash.js';
import { FakeRuns } from '../client/fake-runs.js';
import { specWith } from '../spec/documents.js';
import { clientOf } from '../support/client-of-simulator.js';
import { fakeContext } from './fake-context.js';

const installation = 'abc123';
const notebook = {
  image: 'pytorch2.1-cuda12',
  flavor: 'modelarts.bm.gpu.v100NV32',
  storage: { type: 'evs' },
};
const settings = (more: object = {}) => ({ notebook: { ...notebook, ...more } });

/** A dry run against the simulator. */
async function document(
  wanted: Record<string, unknown>,
  behavior: object = {},
  before?: (client: ReturnType<typeof clientOf>) => Promise<unknown>,
) {
  const simulator = createSimulator({ clock: createManualClock(), behavior });
  const modelarts = clientOf(simulator);
  const network = await modelarts.networks.list();
  const spec = specWith({ 'pool.network': network.items[0]?.metadata.name, ...wanted });
  await before?.(modelarts);
  const { context, terminal } = fakeContext(new FakeRuns(), { json: true });
  const config = { installation } as Awaited<ReturnType<Context['config']>>;
  const code = await dryRun(
    { ...context, config: async () => config, modelarts: async () => await Promise.resolve(modelarts) },
    'env',
    spec,
  );
  const shown: DryRun = JSON.parse(terminal.out());
  return { code, shown, simulator, failed: shown.checks.filter(({ state }) => state === 'failed') };
}

describe('the dry run of a notebook of the current API', () => {
  test('finds image and flavor, and starts nothing', async () => {
    const { code, shown, simulator } = await document(settings());
    expect([code, shown.ok, shown.notChecked]).toEqual([0, true, []]);
    expect(shown.checks).toContainEqual({
      subject: 'notebook flavor modelarts.bm.gpu.v100NV32',
      state: 'ok',
      finding: 'on sale',
    });
    expect(shown.notebook).toMatchObject({ name: 'team-a', image: 'pytorch2.1-cuda12' });
    expect(simulator.requests().every(({ method }) => method === 'GET')).toBe(true);
    expect(simulator.requests('notebooks.list')).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['an image that does not exist', { image: 'invented' }, 'notebook.image'],
    ['an image that only offers SSH', { image: 'ssh-only-cpu' }, 'notebook.ssh'],
  ])('%s fails', async (_, more, subject) => {
    const { code, failed } = await document(settings(more));
    expect(code).toBe(1);
    expect(failed.map((check) => check.subject)).toEqual([subject]);
  });

  test('a flavor that the service does not list is reported', async () => {
    const { shown } = await document(settings({ flavor: 'modelarts.vm.gpu.new' }));
    expect(shown.notChecked).toMatchObject([{ field: 'notebook.flavor', value: 'modelarts.vm.gpu.new' }]);
  });

  test.each([
    ['currentNotebookApi', settings(), 'notebook.profileId'],
    ['historicalNotebookApi', {}, 'notebook.image'],
  ])('an account without the API fails, with the way out: %s', async (api, wanted, way) => {
    const { code, failed } = await document(wanted, { [api]: false });
    expect(code).toBe(1);
    expect(failed).toEqual([
      expect.objectContaining({ subject: 'notebook API', finding: expect.stringContaining(way) }),
    ]);
  });

  test('only notebooks with our marker count, because names may repeat', async () => {
    const marker = { installation, owner: ownerHash('env/team-a'), spec: '00000000' };
    const body = {
      name: 'team-a',
      image_id: '1c7e1d2f-8a2e-4b64-8e66-1e7b4d8d3a21',
      flavor: 'modelarts.bm.gpu.v100NV32',
      volume: { category: 'EVS', ownership: 'MANAGED' },
    } as const;
    const foreign = await document(settings(), {}, (client) => client.currentNotebooks.create(body));
    expect(foreign.shown.checks).toContainEqual({
      subject: 'notebook team-a',
      state: 'ok',
      finding: 'the name is free',
    });
    const ours = await document(settings(), {}, (client) =>
      client.currentNotebooks.create({
        ...body,
        description: formatMarker(marker),
      }),
    );
    expect(ours.shown.checks.find(({ subject }) => subject === 'notebook team-a')?.finding).toContain(
      'from another spec',
    );
  });

  test.each([
    [{}, undefined, '3d'],
    [{ autoStop: '4h' }, undefined, '4h'],
    [{ autoStop: 'never' }, undefined, 'never'],
    [{}, { ttl: '8h' }, '8h, renewed'],
    [{ autoStop: '4h' }, { ttl: '8h' }, '4h, renewed'],
    [{}, { ttl: '30m', warnings: [] }, '1h, renewed'],
  ])('says when the notebook stops: %j with the lease %j', async (more, lease, text) => {
    const { shown } = await document({ ...settings(more), ...(lease === undefined ? {} : { lease }) });
    expect(renderDryRun(shown, { columns: undefined })).toMatch(new RegExp(`stops after +${text}`));
  });
});
