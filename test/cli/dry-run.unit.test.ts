import { describe, expect, test } from '@jest/globals';
import type { Context } from '../../src/cli/context.js';
import { dryRun } from '../../src/cli/dry-run.js';
import type { DryRun } from '../../src/cli/output/dry-run.js';
import { formatMarker } from '../../src/domain/resource/marker.js';
import type { ModelArts } from '../../src/modelarts/client.js';
import { ModelArtsError } from '../../src/modelarts/errors.js';
import { notebookListSchema } from '../../src/modelarts/schemas/notebook.js';
import { poolListSchema } from '../../src/modelarts/schemas/pool.js';
import { ownerHash, specHash } from '../../src/spec/hash.js';
import { FakeRuns, makeRun } from '../client/fake-runs.js';
import { specWith } from '../spec/documents.js';
import { fakeContext } from './fake-context.js';

const installation = 'abc123';
const spec = specWith({});
const marker = { installation, owner: ownerHash('env/team-a'), spec: specHash(spec) };
const mine = formatMarker(marker);
const notOfUs = 'it does not carry the marker of this installation';

interface Cloud {
  readonly sale?: Readonly<Record<string, string>>;
  readonly pool?: { readonly description: string; readonly phase?: string };
  readonly notebook?: { readonly description: string; readonly status?: string };
  /** Members of the client for the current notebook API. */
  readonly current?: object;
}

function modelartsWith({ sale = { az1: 'normal' }, pool, notebook, current }: Cloud): ModelArts {
  const notFound = () => {
    throw new ModelArtsError('not found', { kind: 'notFound', operation: 'x', method: 'GET', template: '/' });
  };
  const pools = (pool === undefined ? [] : [pool]).map(({ description, phase = 'Running' }) => ({
    metadata: {
      name: 'team-a-p',
      labels: { 'os.modelarts/name': 'team-a' },
      annotations: { 'os.modelarts/description': description },
    },
    status: { phase },
  }));
  const instances = (notebook === undefined ? [] : [notebook]).map(({ description, status = 'RUNNING' }) => ({
    id: 'nb-1',
    name: 'team-a',
    description,
    status,
  }));
  return {
    projectId: 'p',
    networks: { show: async () => ({ metadata: { name: 'net-01', labels: {} }, status: { phase: 'Active' } }) },
    pools: { show: async () => notFound(), list: async () => poolListSchema.parse({ items: pools }) },
    notebooks: { list: async () => notebookListSchema.parse({ instances }) },
    currentNotebooks: { list: async () => [] },
    flavors: {
      list: async function* () {
        const gpu = { type: 'nvidia-t4', size: '2', card: '1' };
        yield { metadata: { name: 'modelarts.vm.gpu.t4u8' }, spec: { gpu }, status: { phase: sale } };
      },
    },
    ...current,
  } as unknown as ModelArts;
}

/** The findings of a dry run by subject; `known` is false when the installation is unknown. */
async function lookedUp(cloud: Cloud, { runs = new FakeRuns(), known = true } = {}) {
  const { context, terminal } = fakeContext(runs, { json: true });
  const config = { installation: known ? installation : null } as Awaited<ReturnType<Context['config']>>;
  const modelarts = modelartsWith(cloud);
  const code = await dryRun({ ...context, config: async () => config, modelarts: async () => modelarts }, 'env', spec);
  const document: DryRun = JSON.parse(terminal.out());
  expect(code).toBe(document.ok ? 0 : 1);
  const found = document.checks.map(({ subject, state, finding }) => [subject, `${state}: ${finding}`]);
  return Object.fromEntries(found) as Record<string, string>;
}

test('a dry run shows the cards of each node, not the chips', async () => {
  for (const json of [true, false]) {
    const { context, terminal } = fakeContext(new FakeRuns(), { json });
    const config = { installation } as Awaited<ReturnType<Context['config']>>;
    await dryRun({ ...context, config: async () => config, modelarts: async () => modelartsWith({}) }, 'env', spec);
    if (json) expect(JSON.parse(terminal.out()).pool.resources).toMatchObject([{ accelerator: '1 x nvidia-t4' }]);
    else expect(terminal.out()).toContain('(each 1 x nvidia-t4)');
  }
});

describe('a dry run reports', () => {
  const documentOf = async (settings: Record<string, unknown>) => {
    const { context, terminal } = fakeContext(new FakeRuns(), { json: true });
    const config = { installation } as Awaited<ReturnType<Context['config']>>;
    const modelarts = modelartsWith({});
    const here = { ...context, config: async () => config, modelarts: async () => modelarts };
    const code = await dryRun(here, 'env', specWith(settings));
    const document: DryRun = JSON.parse(terminal.out());
    return { code, document, failed: document.checks.filter(({ state }) => state === 'failed') };
  };

  test.each([
    ['pool.scope', { 'pool.scope': ['Train'] }],
    ['notebook.flavor', { 'pool.flavor': 'modelarts.vm.cpu.8ud' }],
    ['pool.flavors', { 'pool.flavor': 'modelarts.vm.gpu.none' }],
  ])('a mistake that would fail only after resources are billed: %s', async (path, settings) => {
    const { code, document, failed } = await documentOf(settings);
    expect([code, document.ok]).toEqual([1, false]);
    expect(failed.map(({ subject }) => subject)).toContain(path);
  });

  test('values that the API cannot check: a profile and a notebook flavor', async () => {
    const settings = { 'notebook.profileId': 'Invented', 'notebook.flavor': 'modelarts.vm.gpu.new' };
    const { code, document } = await documentOf(settings);
    expect([code, document.ok]).toEqual([0, true]);
    expect(document.notChecked).toMatchObject([
      { field: 'notebook.profileId', value: 'Invented', known: expect.arrayContaining(['Python3-gpu']) },
      { field: 'notebook.flavor', value: 'modelarts.vm.gpu.new' },
    ]);
  });
});

describe('a dry run finds what the run would find', () => {
  test('for a free name and a flavor on sale', async () => {
    expect(await lookedUp({})).toEqual({
      'environment team-a': 'ok: can be started',
      'network net-01': 'ok: Active',
      'pool team-a': 'ok: the name is free',
      'notebook team-a': 'ok: the name is free',
      'flavor modelarts.vm.gpu.t4u8': 'ok: on sale in az1',
    });
  });

  test.each([
    ['no sale status', {}, expect.stringMatching(/^warning: /)],
    ['a flavor that is sold out', { az1: 'soldout' }, expect.stringMatching(/^warning: .*would wait/)],
  ])('for %s', async (_what, sale, finding) => {
    expect((await lookedUp({ sale }))['flavor modelarts.vm.gpu.t4u8']).toEqual(finding);
  });

  test.each([
    ['its own', mine, 'warning: already exists (Running, team-a-p); will be adopted'],
    ['one without a marker', 'by hand', `failed: pool team-a is taken: team-a-p exists and ${notOfUs}`],
    [
      'one of another installation',
      formatMarker({ ...marker, installation: 'fffff0' }),
      `failed: pool team-a is taken: team-a-p exists and ${notOfUs}`,
    ],
    [
      'one of another operation',
      formatMarker({ ...marker, owner: ownerHash('pool/team-a') }),
      'failed: pool team-a is taken: team-a-p exists and it belongs to another operation of this installation',
    ],
    [
      'one created from another spec',
      formatMarker({ ...marker, spec: '00000000' }),
      `failed: pool team-a: team-a-p was created from another spec (00000000, this one is ${marker.spec})`,
    ],
  ])('for an existing pool: %s', async (_whose, description, finding) => {
    expect((await lookedUp({ pool: { description } }))['pool team-a']).toBe(finding);
  });

  test('for a resource that is being deleted or failed to be created', async () => {
    const found = await lookedUp({
      pool: { description: mine, phase: 'CreationFailed' },
      notebook: { description: mine, status: 'DELETING' },
    });
    expect(found).toMatchObject({
      'pool team-a': expect.stringMatching(/^warning: .*\(CreationFailed, team-a-p\)/),
      'notebook team-a': expect.stringMatching(/^warning: .*\(DELETING, nb-1\)/),
    });
  });

  test('for a notebook of another installation', async () => {
    const description = formatMarker({ ...marker, installation: 'fffff0' });
    const found = await lookedUp({ notebook: { description } });
    expect(found['notebook team-a']).toBe(`failed: notebook team-a is taken: nb-1 exists and ${notOfUs}`);
  });

  test('and does not guess the owner when the installation is unknown', async () => {
    const found = await lookedUp(
      { pool: { description: mine }, notebook: { description: 'by hand' } },
      { known: false },
    );
    expect(found).toMatchObject({
      'pool team-a':
        'warning: already exists (Running, team-a-p); adopted if this installation created it from the same spec',
      'notebook team-a': `failed: notebook team-a is taken: nb-1 exists and ${notOfUs}`,
    });
  });

  test('and accepts the resources of an open run, whose spec an operator may have changed', async () => {
    const description = formatMarker({ ...marker, spec: '00000000' });
    const open = makeRun('env/team-a', { memo: { maopsSpecHash: specHash(spec) } });
    const found = await lookedUp({ pool: { description } }, { runs: new FakeRuns(open) });
    expect(found).toMatchObject({
      'environment team-a': expect.stringMatching(/^ok: /),
      'pool team-a': 'ok: already exists (Running, team-a-p)',
    });
  });
});
