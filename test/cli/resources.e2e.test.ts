import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  environmentDocument,
  freshName,
  poolPart,
  publicCurrentNotebookPart,
  publicNotebookPart,
} from '../workflows/documents.js';
import { openShell, type Shell } from './shell.js';

let shell: Shell;
beforeAll(async () => {
  shell = await openShell();
});
afterAll(async () => await shell?.close());

interface Row {
  readonly name: string;
  readonly status?: string;
}

test('a notebook is stopped, started and opened; a resource of an environment is not deleted alone', async () => {
  const name = freshName();
  await shell.json(['env', 'create', '-f', shell.file('open.json', environmentDocument(name)), '--wait']);

  const opened = await shell.json<{ url: string }>(['notebook', 'open', name]);
  expect(new URL(opened.url).searchParams.get('token')).toMatch(/\w{16}/);

  const stopped = await shell.json(['notebook', 'stop', name, '--reason', 'night']);
  expect(stopped).toMatchObject({ operation: 'changeResource', phase: 'Done' });
  const [shown, closed, again] = await Promise.all([
    shell.json<Row>(['notebook', 'show', name]),
    shell.run(['notebook', 'open', name]),
    shell.run(['notebook', 'stop', name]),
  ]);
  expect(shown).toMatchObject({ name, status: 'STOPPED' });
  expect({ code: closed.code, out: closed.out }).toEqual({ code: 1, out: '' });
  expect(closed.err).toContain(`maops notebook start ${name} --reason …`);
  expect({ code: again.code, err: again.err }).toEqual({ code: 2, err: expect.stringContaining('--reason') });

  const started = await shell.run(['notebook', 'start', name, '--reason', 'morning']);
  expect({ code: started.code, out: started.out }).toEqual({
    code: 0,
    out: expect.stringContaining(`change/notebook/${name} Done`),
  });

  const refused = await Promise.all(
    ['pool', 'notebook'].map((kind) => shell.run([kind, 'delete', name, '--wait', '--json'])),
  );
  for (const { code, out, err } of refused) {
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`belongs to environment ${name}`);
    expect(err).toContain(`maops env teardown ${name}`);
  }

  const lists = ['pools.list', 'notebooks.list'] as const;
  shell.stack.simulator.faults.plan(
    ...lists.map((operation) => ({ operation, kind: 'status' as const, status: 502, times: 'always' as const })),
  );
  const unread = await shell.run(['pool', 'delete', name, '--json']);
  shell.stack.simulator.faults.clear();
  expect({ code: unread.code, out: unread.out }).toEqual({ code: 1, out: '' });
  expect(unread.err).toContain('could not be read');
  expect(unread.err).toContain('Nothing was deleted');

  const pools = await shell.json<Row[]>(['pool', 'list']);
  expect(pools.map((pool) => pool.name)).toContain(name);
});

test('a pool is created alone and deleted', async () => {
  const name = freshName('pool');
  const file = shell.file('pool.json', { name, pool: poolPart({ scope: ['Train'] }) });
  const made = await shell.json(['pool', 'create', '-f', file, '--wait']);
  expect(made).toMatchObject({
    operation: 'provisionPool',
    workflowId: `pool/${name}`,
    phase: 'Ready',
    notebook: null,
  });
  const gone = await shell.json(['pool', 'delete', name, '--wait']);
  expect(gone).toMatchObject({ phase: 'Gone' });
  const left = await shell.json<Row[]>(['pool', 'list']);
  expect(left.map((pool) => pool.name)).not.toContain(name);
});

test('a notebook is found by name in the workspace of its spec', async () => {
  const name = freshName('trial');
  const workspaceId = '7c2f41b5a0d94c6f8e13b5d2a9c07e64';
  const file = shell.file('trial.json', { name, notebook: publicNotebookPart({ workspaceId }) });
  await shell.json(['notebook', 'create', '-f', file, '--wait']);
  expect((await shell.json<Row[]>(['notebook', 'list'])).map((row) => row.name)).not.toContain(name);
  expect(await shell.json<Row>(['notebook', 'show', name])).toMatchObject({ name, status: 'RUNNING' });
  const { url } = await shell.json<{ url: string }>(['notebook', 'open', name]);
  expect(new URL(url).searchParams.get('token')).toMatch(/\w{16}/);
});

test('flavors and networks are listed and shown', async () => {
  const [flavors, networks, unknown] = await Promise.all([
    shell.json<Row[]>(['flavor', 'list', '--type', 'Logical']),
    shell.json<{ id: string }[]>(['network', 'list']),
    shell.run(['network', 'show', 'network-none']),
  ]);
  expect(flavors.map(({ name }) => name)).toEqual(['modelarts.logical.cpu.2u', 'modelarts.logical.gpu.t4']);
  const id = networks[0]?.id ?? '';
  expect(await shell.json(['network', 'show', id])).toMatchObject({ id, phase: 'Active' });
  expect({ code: unknown.code, err: unknown.err }).toEqual({
    code: 1,
    err: expect.stringContaining('network-none'),
  });
});

test('a notebook of the current API is shown, opened and renewed; its image is listed', async () => {
  const name = freshName();
  const notebook = publicCurrentNotebookPart();
  await shell.json(['notebook', 'create', '-f', shell.file('current.json', { name, notebook }), '--wait']);
  const rows = await shell.json<(Row & { api: string })[]>(['notebook', 'list']);
  expect(rows.find((row) => row.name === name)).toMatchObject({ api: 'current', image: notebook.image, profile: null });
  const { id, url } = await shell.json<{ id: string; url: string }>(['notebook', 'open', name]);
  expect(id).not.toMatch(/^DE-/);
  const token = new URL(url).searchParams.get('token') ?? '';
  expect(token).not.toBe('');
  const shown = await shell.run(['notebook', 'show', name, '--json']);
  expect(shown.out).not.toContain(token);
  const renewed = await shell.json(['notebook', 'renew', name, '--for', '4h', '--reason', 'training continues']);
  expect(renewed).toMatchObject({ operation: 'changeResource', phase: 'Done' });
  expect(JSON.stringify(shell.stack.simulator.state())).not.toContain(token);
  const images = await shell.json<{ name: string }[]>(['image', 'list', '--hardware', 'CPU']);
  expect(images.map((image) => image.name)).toContain(notebook.image);
});
