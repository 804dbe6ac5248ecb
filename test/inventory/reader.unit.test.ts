import { describe, expect, test } from '@jest/globals';
import { readAgain, readProject } from '../../src/inventory/reader.js';
import type { ModelArts } from '../../src/modelarts/client.js';
import { ModelArtsError, type ModelArtsErrorKind } from '../../src/modelarts/errors.js';
import { currentNotebookPageSchema, currentNotebookSchema } from '../../src/modelarts/schemas/current-notebook.js';
import { notebookListSchema, notebookSchema } from '../../src/modelarts/schemas/notebook.js';
import { poolListSchema, poolSchema } from '../../src/modelarts/schemas/pool.js';

const marker = 'maops:abc123-aaaaaaaa-11111111';
const descriptionKey = 'os.modelarts/description';

interface PoolChange {
  readonly workspace?: string;
  readonly description?: string | null;
  readonly phase?: string;
}

function pool(name: string, { workspace = '0', description = marker, phase = 'Running' }: PoolChange = {}) {
  return {
    metadata: {
      name: `${name}-p`,
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { 'os.modelarts/name': name, 'os.modelarts/workspace.id': workspace },
      annotations: {
        'os.modelarts/billing.mode': '0',
        ...(description === null ? {} : { [descriptionKey]: description }),
      },
    },
    spec: { resources: [{ flavor: 'f', count: 2 }] },
    status: { phase, resources: { available: [{ flavor: 'f', count: 1 }], creating: [{ flavor: 'f', count: 1 }] } },
  };
}

function notebook(name: string, change: Record<string, unknown> = {}) {
  return {
    id: `id-of-${name}`,
    name,
    description: marker,
    status: 'RUNNING',
    flavor: 'g',
    creation_timestamp: '1767225600000',
    latest_update_timestamp: '1767225700000',
    workspace: { id: '0' },
    spec: { annotations: { url: '' } },
    ...change,
  };
}

/** Answers of a project by call, as `pools`, `pools failed in 7`, `notebooks own`, `pool a-p`; an error kind fails. */
type Answers = Readonly<Record<string, unknown>>;

function project(answers: Answers) {
  const asked: string[] = [];
  const answer = (call: string, empty: unknown): unknown => {
    asked.push(call);
    const given = answers[call];
    if (given === 'no workspace') throw noWorkspace();
    if (typeof given === 'string') throw failure(given as ModelArtsErrorKind);
    if (JSON.stringify(given)?.includes('unpublished')) throw unpublished();
    return given ?? empty;
  };
  const current = (call: string) => currentNotebookPageSchema.parse({ data: answer(call, []) }).data;
  const where = (workspace: string | undefined) => (workspace === undefined ? '' : ` in ${workspace}`);
  const modelarts = {
    pools: {
      list: async (filter: { status?: string; workspaceId?: string }) => {
        const call = `pools${filter.status === undefined ? '' : ` ${filter.status}`}${where(filter.workspaceId)}`;
        return poolListSchema.parse(answer(call, { items: [] }));
      },
      show: async (id: string) => poolSchema.parse(answer(`pool ${id}`, null) ?? fail('notFound')),
    },
    notebooks: {
      list: async (filter: { show_self?: boolean; workspace_id?: string }) => {
        const call = `notebooks${filter.show_self === false ? '' : ' own'}${where(filter.workspace_id)}`;
        return notebookListSchema.parse(answer(call, { instances: [] }));
      },
      show: async (id: string) => notebookSchema.parse(answer(`notebook ${id}`, null) ?? fail('notFound')),
    },
    currentNotebooks: {
      list: async (filter: { workspace_id?: string }) => current(`current own${where(filter.workspace_id)}`),
      listAll: async (filter: { workspace_id?: string }) => current(`current${where(filter.workspace_id)}`),
      show: async (id: string) => currentNotebookSchema.parse(answer(`current ${id}`, null) ?? fail('notFound')),
    },
  } as unknown as ModelArts;
  return { deps: { modelarts, now: () => 1_000, sleep: async () => undefined }, asked };
}

function failure(kind: ModelArtsErrorKind): ModelArtsError {
  return new ModelArtsError(`it is ${kind}`, { kind, operation: 'x', method: 'GET', template: '/' });
}

function unpublished(): ModelArtsError {
  const facts = { operation: 'x', method: 'GET', template: '/', status: 404, errorCode: 'APIGW.0101' };
  return new ModelArtsError('not published', { kind: 'rejected', ...facts });
}

function noWorkspace(): ModelArtsError {
  const facts = { operation: 'x', method: 'GET', template: '/', status: 400, errorCode: 'ModelArts.7005' };
  return new ModelArtsError('workspace:9 not existed', { kind: 'rejected', ...facts });
}

function fail(kind: ModelArtsErrorKind): never {
  throw failure(kind);
}

const read = async (answers: Answers, workspaces?: readonly string[]) => {
  const { deps, asked } = project(answers);
  return { ...(await readProject(deps, new AbortController().signal, workspaces)), asked };
};

describe('reading a project', () => {
  test('returns pools, failed creations and all notebooks, with the nodes and flavors they use', async () => {
    const { items, unread, at } = await read({
      pools: { items: [pool('a')] },
      'pools failed': { items: [pool('b', { phase: 'CreationFailed' })] },
      notebooks: {
        total_count: 4,
        instances: [
          notebook('alone'),
          notebook('on-a', { pool: { id: 'a-p' }, description: `${marker} maops:keep` }),
          notebook('stopped', { status: 'STOPPED' }),
          notebook('gone', { status: 'DELETED' }),
        ],
      },
    });
    expect({ unread, at }).toEqual({ unread: [], at: 1_000 });
    expect(items).toMatchObject([
      { kind: 'pool', name: 'a', id: 'a-p', flavors: { f: 2 }, marker: { owner: 'aaaaaaaa' }, isProtected: false },
      { kind: 'pool', name: 'b', state: 'CreationFailed', flavors: {} },
      { kind: 'notebook', name: 'alone', flavors: { g: 1 }, poolId: null, changedAt: 1_767_225_700_000 },
      { kind: 'notebook', name: 'on-a', flavors: {}, poolId: 'a-p', isProtected: true },
      { kind: 'notebook', name: 'stopped', flavors: {} },
    ]);
  });

  test('reads the workspaces of found resources, and the given ones', async () => {
    const { items, asked } = await read(
      { pools: { items: [pool('a', { workspace: '7' })] }, 'pools in 9': { items: [pool('b', { workspace: '9' })] } },
      ['9'],
    );
    expect(items.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(asked).toEqual(
      expect.arrayContaining(['pools in 7', 'pools failed in 7', 'notebooks in 7', 'notebooks in 9']),
    );
    expect(asked.filter((call) => call === 'pools in 9')).toHaveLength(1);
  });

  test('treats a given workspace that does not exist as empty', async () => {
    const { items, unread } = await read(
      { pools: { items: [pool('a')] }, 'pools in 9': 'no workspace', 'notebooks in 9': 'no workspace' },
      ['9'],
    );
    expect({ names: items.map(({ name }) => name), unread }).toEqual({ names: ['a'], unread: [] });
  });

  test('reports an incomplete list, and returns none of its resources', async () => {
    const { items, unread } = await read({ notebooks: { total_count: 2, instances: [notebook('a')] } });
    expect(items).toEqual([]);
    expect(unread).toEqual([expect.stringMatching(/^notebooks: .*1 of 2/)]);
  });

  test('returns its own notebooks without permission for the others, and reports the gap', async () => {
    const { items, unread } = await read({
      notebooks: 'permission',
      'notebooks own': { instances: [notebook('mine')] },
    });
    expect(items).toMatchObject([{ name: 'mine' }]);
    expect(unread).toEqual(['notebooks: it is permission']);
  });

  test('returns no notebooks where the API is not published, if the pools were read', async () => {
    const missing = { instances: 'unpublished' };
    const answers = { pools: { items: [pool('a')] }, notebooks: missing };
    expect(await read(answers)).toMatchObject({ items: [{ name: 'a' }], unread: [] });
    const { unread } = await read({ ...answers, pools: 'unavailable' });
    expect(unread).toEqual(['pools: it is unavailable', 'notebooks: not published']);
  });

  const current = {
    id: '7a5c1f0e-52a1-4b0e-8a9d-3f6f0f1f7b11',
    name: 'today',
    description: marker,
    status: 'RUNNING',
    flavor: 'g',
    workspace_id: '7',
    create_at: 1_767_225_600_000,
    update_at: 1_767_225_700_000,
  };

  test('returns the notebooks of the current API too, and reads the workspaces of these', async () => {
    const { items, unread, asked } = await read({ current: [current] });
    expect(items).toMatchObject([
      { kind: 'notebook', id: current.id, createdAt: '2026-01-01T00:00:00Z', flavors: { g: 1 }, workspaceId: '7' },
    ]);
    expect(unread).toEqual([]);
    expect(asked).toContain('current in 7');
  });

  test('completes a notebook of the current API by its own show', async () => {
    const listed = { ...current, description: undefined };
    const { items } = await read({ current: [listed], [`current ${current.id}`]: current });
    expect(items).toMatchObject([{ name: 'today', marker: { installation: 'abc123' } }]);
  });

  test('without a right or the current API, reports the gap or none', async () => {
    const denied = await read({ current: 'permission', 'current own': [current] });
    expect(denied.items).toMatchObject([{ name: 'today' }]);
    expect(denied.unread).toEqual(['notebooks of the current API: it is permission']);
    expect((await read({ current: ['unpublished'] })).unread).toEqual([]);
  });

  test('throws with rejected credentials', async () => {
    await expect(read({ pools: 'auth' })).rejects.toMatchObject({ kind: 'auth' });
  });

  const listed = pool('a', { description: null });
  test.each([
    ['a show that has it', { ...pool('a') }, { owner: 'aaaaaaaa' }],
    ['a show that has none among other annotations', listed, null],
    ['a show without any annotation', { ...listed, metadata: { ...listed.metadata, annotations: {} } }, 'unread'],
    ['a show that fails', 'unavailable', 'unread'],
    ['a show without a result', undefined, 'unread'],
    [
      'a show of a pool that was created again',
      { ...pool('a'), metadata: { ...pool('a').metadata, creationTimestamp: '2026-02-01T00:00:00Z' } },
      'unread',
    ],
  ])('completes a description that the list left out from %s', async (_title, shown, expected) => {
    const { items } = await read({ pools: { items: [listed] }, 'pool a-p': shown });
    expect(items).toMatchObject([{ marker: expected }]);
  });

  test('does not rely on the annotation alone, because protection is in the description', async () => {
    const without = notebook('a', { description: undefined, spec: { annotations: { maops: marker } } });
    const { items } = await read({ notebooks: { instances: [without] }, 'notebook id-of-a': without });
    expect(items).toMatchObject([{ marker: 'unread' }]);
    const edited = notebook('a', { description: 'edited', spec: { annotations: { maops: marker } } });
    expect((await read({ notebooks: { instances: [edited] } })).items).toMatchObject([
      { marker: { owner: 'aaaaaaaa' } },
    ]);
  });
});

test('a second read leaves out resources that are gone or replaced, and marks unread ones', async () => {
  const { items } = await read({
    pools: { items: [pool('same'), pool('gone'), pool('anew'), pool('silent')] },
  });
  const { deps } = project({
    'pool same-p': pool('same', { phase: 'Deleting' }),
    'pool anew-p': {
      ...pool('anew'),
      metadata: { ...pool('anew').metadata, creationTimestamp: '2026-02-01T00:00:00Z' },
    },
    'pool silent-p': 'unavailable',
  });
  expect(await readAgain(deps, new AbortController().signal, items)).toMatchObject([
    { name: 'same', leaving: true },
    { name: 'silent', marker: 'unread' },
  ]);
});
