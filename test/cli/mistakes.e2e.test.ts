import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowNotFoundError } from '@temporalio/client';
import { environmentDocument, freshName } from '../workflows/documents.js';
import { openShell, type Shell } from './shell.js';

let shell: Shell;
beforeAll(async () => {
  shell = await openShell();
});
afterAll(async () => await shell?.close());

/** A port without a listener. */
const nowhere = '127.0.0.1:1';

describe('a spec with a mistake exits 2 with file, line and key, and starts nothing', () => {
  const valid = [
    'name: NAME',
    'pool:',
    '  flavors: [modelarts.vm.gpu.t4u8]',
    '  count: 2',
    '  network: network-7a3e-0123456789abcdef0123456789abcdef',
    '  scope: [Train, Notebook]',
    'notebook:',
    '  profileId: Multi-Engine 1.0 (python3)-gpu',
    '  flavor: modelarts.bm.gpu.v100NV32',
    '  storage: {type: evs, volumeSize: 5}',
    '',
  ].join('\n');
  test.each([
    ['an unknown key', ['  count: 2', '  cuont: 2'], ':4:3 pool.cuont: unknown key `cuont`; did you mean `count`?'],
    ['a bare number as duration', ['5}\n', '5}\n  autoStop: 4\n'], ':11:3 notebook.autoStop: has no unit'],
    ['a profile for other hardware', [')-gpu', ')-cpu'], ':8:3 notebook.profileId: requires CPU'],
    ['a tab', ['  count', '\tcount'], ':4:1 tabs are not allowed as indentation'],
    ['a key given twice', ['  count: 2\n', '  count: 2\n  count: 3\n'], ':5:3 duplicate key'],
    ['a bracket that is not closed', ['Notebook]', 'Notebook'], ':7:'],
  ] as const)('%s', async (title, [from, to], message) => {
    const name = freshName();
    const file = shell.file(`${title}.yaml`, valid.replace('NAME', name).replace(from, to));
    const { code, out, err } = await shell.run(['env', 'create', '-f', file]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`${file}${message}`);
    expect(shell.stack.simulator.requests()).toEqual([]);
    const started = shell.stack.client.workflow.getHandle(`env/${name}`).describe();
    await expect(started).rejects.toThrow(WorkflowNotFoundError);
  });

  test('and names the command that the spec is for', async () => {
    const { code, err } = await shell.run(['pool', 'create', '-f', 'examples/team-a.yaml']);
    expect(code).toBe(2);
    expect(err).toContain('maops env create -f examples/team-a.yaml');
  });

  test('from stdin', async () => {
    const { code, err } = await shell.run(['env', 'create', '-f', '-'], {}, valid.replace('count', 'cuont'));
    expect(code).toBe(2);
    expect(err).toContain('stdin:4:3 pool.cuont');
  });
});

test('an unreachable server is reported within 10 s with its address', async () => {
  const began = Date.now();
  const file = shell.file('down.json', environmentDocument(freshName()));
  const commands = [
    ['env', 'create', '-f', file],
    ['env', 'show', 'team-a'],
  ];
  const all = await Promise.all(commands.map((words) => shell.run(words, { TEMPORAL_ADDRESS: nowhere })));
  expect(Date.now() - began).toBeLessThan(10_000);
  for (const { code, out, err } of all) {
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`cannot reach Temporal at ${nowhere}`);
    expect(err).toContain('TEMPORAL_ADDRESS');
  }
});

test('an unknown namespace is reported with the variable that names it', async () => {
  const commands = [['env', 'show', 'team-a'], ['setup']];
  for (const words of commands) {
    const { code, out, err } = await shell.run(words, { TEMPORAL_NAMESPACE: 'nosuch' });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('has no namespace nosuch');
    expect(err).toContain('Set TEMPORAL_NAMESPACE');
  }
  const doctor = await shell.run(['doctor'], { TEMPORAL_NAMESPACE: 'nosuch' });
  expect(doctor.code).toBe(1);
  expect(doctor.out).toContain('has no namespace nosuch');
  expect(doctor.out).toContain('Set TEMPORAL_NAMESPACE');
});

test('an unknown operation exits 1 with a hint', async () => {
  const { code, out, err } = await shell.run(['env', 'show', 'never-made']);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toBe(
    'maops: no environment named never-made\n  List the environments with `maops env list`, and check the Temporal server with `maops doctor`.\n',
  );
});

test('all missing variables are named, with exit 2', async () => {
  const unset = { MODELARTS_TOKEN: '', MODELARTS_PROJECT_ID: '', MAOPS_MAX_RPS: '0' };
  const { code, out, err } = await shell.run(['pool', 'list'], unset);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  for (const variable of ['MODELARTS_TOKEN', 'MODELARTS_PROJECT_ID', 'MAOPS_MAX_RPS']) expect(err).toContain(variable);
});

test('a wrong token exits 4 and is not printed', async () => {
  const wrong = { MODELARTS_TOKEN: 'tok-wrong-secret' };
  const file = shell.file('unauthorised.json', environmentDocument(freshName()));
  const commands = [
    ['pool', 'list'],
    ['notebook', 'open', 'team-a'],
    ['env', 'create', '-f', file, '--dry-run'],
  ];
  for (const { code, out, err } of await Promise.all(commands.map((words) => shell.run(words, wrong)))) {
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toContain('Check the credentials (MODELARTS_TOKEN');
    expect(err).not.toContain('tok-wrong-secret');
  }
  const doctor = await shell.run(['doctor'], wrong);
  expect({ code: doctor.code, out: doctor.out }).toEqual({
    code: 1,
    out: expect.stringMatching(/failed\s+credentials/),
  });
});

test('doctor reports which notebook API the account has', async () => {
  const { faults } = shell.stack.simulator;
  const body = { json: { error_code: 'APIGW.0101', error_msg: 'The API does not exist.' } };
  const missing = { kind: 'status', status: 404, body, times: 'always' } as const;
  const whole = await shell.run(['doctor']);
  expect(whole.out).toMatch(/ok\s+notebook API\s+notebooks: \d+; .*current and the historical/);
  expect(whole.out).toMatch(/ok\s+current notebook API\s+available, notebooks: \d+/);
  expect(whole.out).toMatch(/ok\s+historical notebook API\s+available, notebooks: \d+/);
  faults.plan({ operation: 'notebooks.list', ...missing });
  const one = await shell.run(['doctor']);
  expect(one.out).toMatch(/ok\s+notebook API\s+.*has the current API/);
  expect(one.out).toMatch(/ok\s+historical notebook API\s+not available/);
  faults.plan({ operation: 'currentNotebooks.list', ...missing });
  const none = await shell.run(['doctor']);
  faults.clear();
  expect(none.code).toBe(1);
  expect(none.out).toMatch(/failed\s+notebook API\s+.*demanager/);
  expect(none.out).toContain('maops pool create');
});

test('doctor reports a notebook API that the account may not read, and fails when no other is left', async () => {
  const { faults } = shell.stack.simulator;
  const body = { json: { error_code: 'ModelArts.0112', error_msg: 'Policy does not allow it.' } };
  const refused = { kind: 'status', status: 403, body, times: 'always' } as const;
  const doctor = () => shell.run(['doctor', '--json'], {});
  const rows = (out: string) => {
    const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: { check: string; state: string; hint: string }[] };
    const states = checks.filter(({ check }) => check.includes('notebook API')).map(({ state }) => state);
    return { ok, states, hints: checks.map(({ hint }) => hint).join() };
  };
  faults.plan({ operation: 'notebooks.list', ...refused });
  const one = await doctor();
  faults.plan({ operation: 'currentNotebooks.list', ...refused });
  const none = await doctor();
  faults.clear();
  expect({ code: one.code, ...rows(one.out) }).toMatchObject({ code: 0, ok: true, states: ['ok', 'ok', 'skipped'] });
  expect(rows(one.out).hints).toContain('--with-jobs');
  expect({ code: none.code, ...rows(none.out) }).toMatchObject({
    code: 1,
    ok: false,
    states: ['failed', 'skipped', 'skipped'],
  });
});

test('doctor reports that pools cannot be deleted without permission to list all notebooks', async () => {
  const body = { json: { error_code: 'ModelArts.0112', error_msg: 'Policy does not allow it.' } };
  const refused = { kind: 'status', status: 403, body } as const;
  shell.stack.simulator.faults.plan(
    { operation: 'notebooks.list', ...refused, nth: 2 },
    { operation: 'currentNotebooks.listAll', ...refused },
  );
  const { code, out } = await shell.run(['doctor']);
  shell.stack.simulator.faults.clear();
  expect(code).toBe(1);
  expect(out).toMatch(/failed\s+historical notebook API\s.*ModelArts\.0112/);
  expect(out).toMatch(/failed\s+current notebook API\s.*ModelArts\.0112/);
  expect(out).toContain('show_self=false');
  expect(out).toContain('listAllNotebooks');
});
