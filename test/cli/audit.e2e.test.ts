import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AuditReport } from '../../src/domain/audit/report.js';
import { environmentDocument, freshName } from '../workflows/documents.js';
import { openShell, type Shell } from './shell.js';

let shell: Shell;
beforeAll(async () => {
  shell = await openShell();
});
afterAll(async () => await shell?.close());

/** A port that nothing listens on. */
const nowhere = { TEMPORAL_ADDRESS: '127.0.0.1:1' };

async function make(name: string): Promise<void> {
  const spec = shell.file(`${name}.json`, environmentDocument(name));
  const made = await shell.run(['env', 'create', '-f', spec, '--wait']);
  expect({ code: made.code, err: made.err }).toMatchObject({ code: 0 });
}

const of = (report: AuditReport, name: string) => report.findings.filter((finding) => finding.name === name);

test('an audit shows every owner, --check fails for an orphan, and passes after its adoption', async () => {
  const name = freshName();
  await make(name);
  const fine = await shell.json<AuditReport>(['audit', '--check']);
  expect(fine).toMatchObject({ source: 'temporal', unread: [], costs: null });
  expect(of(fine, name)).toMatchObject([
    { kind: 'pool', standing: 'owned', owner: `env/${name}`, why: `lease/${name}: Leased`, cost: null },
    { kind: 'notebook', standing: 'owned', owner: `env/${name}` },
  ]);
  const refused = await shell.run(['audit', 'adopt', name]);
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toContain(`notebook ${name} is owned: lease/${name}: Leased`);

  await shell.stack.client.workflow.getHandle(`lease/${name}`).terminate('lost by accident');
  const text = await shell.run(['audit', '--check']);
  expect(text.code).toBe(1);
  expect(text.out).toMatch(new RegExp(`pool +${name} +orphan +Running`));
  expect(text.out).toContain(`\`maops audit adopt ${name}\``);
  expect(await shell.run(['audit'])).toMatchObject({ code: 0 });

  const adopted = await shell.json<AuditReport>(['audit', 'adopt', name, '--reason', 'still in use']);
  expect(of(adopted, name)).toMatchObject([
    { kind: 'pool', standing: 'owned', why: `lease/${name}: adopted by tester` },
    { kind: 'notebook', standing: 'owned' },
  ]);
  expect((await shell.json<AuditReport>(['audit', '--check'])).counts).toMatchObject({ orphan: 0 });
  await shell.stack.client.workflow.getHandle(`lease/${name}`).terminate('lost once more');
  expect(await shell.run(['audit', 'adopt', name])).toEqual({
    code: 0,
    out: `pool ${name} and notebook ${name} adopted: lease/${name} owns them, with no end\n`,
    err: '',
  });
  const gone = await shell.run(['env', 'teardown', name, '--yes', '--wait']);
  expect({ code: gone.code, err: gone.err }).toMatchObject({ code: 0 });
  expect(of(await shell.json<AuditReport>(['audit']), name)).toEqual([]);
});

test('without Temporal only the cloud is read, and nothing is reported as an orphan', async () => {
  const name = freshName();
  await make(name);
  const prices = shell.file('prices.yaml', 'currency: EUR\nflavors: {modelarts.vm.gpu.t4u8: 1.5}\n');
  const alone = await shell.run(['audit', '--cloud-only', '--json'], { ...nowhere, MAOPS_PRICES: prices });
  expect({ code: alone.code, err: alone.err }).toEqual({ code: 0, err: '' });
  const report = JSON.parse(alone.out) as AuditReport;
  expect(report).toMatchObject({ source: 'cloud', unpriced: [], costs: { currency: 'EUR' } });
  const [pool] = of(report, name);
  expect(pool).toMatchObject({
    standing: 'unknown',
    marker: expect.stringMatching(/^maops:/),
    // The clock of the simulator is ahead of ours here, so its resources have no age.
    ageSeconds: null,
    cost: { perHour: 3, currency: 'EUR' },
  });

  const anyones = await shell.run(['audit', '--cloud-only'], { ...nowhere, MAOPS_INSTALLATION: '' });
  expect(anyones.out).toContain(`created by installation ${shell.stack.installation}; Temporal was not asked`);

  const fallen = await shell.run(['audit', '--check', '--json'], nowhere);
  expect(fallen.code).toBe(1);
  expect(fallen.err).toMatch(/cannot reach Temporal at 127\.0\.0\.1:1.*[Rr]eading only the cloud/);
  expect(JSON.parse(fallen.out)).toMatchObject({ source: 'cloud', counts: { orphan: 0 } });

  // Over before there was anything to wait for: it ends all the same.
  const short = await shell.run(['audit', '--timeout', '1ms']);
  expect(short).toMatchObject({ code: 8, out: '', err: expect.stringContaining('timed out') });

  // Without the settings of the service nothing is read, and nothing was begun that could go on.
  const bare = { MODELARTS_ENDPOINT: '', MODELARTS_REGION: '', MODELARTS_PROJECT_ID: '', MODELARTS_TOKEN: '' };
  const alsoNowhere = await shell.run(['audit', '--timeout', '1s'], { ...nowhere, ...bare });
  expect(alsoNowhere).toMatchObject({ code: 1, out: '' });
  expect(alsoNowhere.err).toMatch(/^maops: cannot reach Temporal/);

  const nobody = await shell.run(['audit', '--json'], { MAOPS_TASK_QUEUE: 'a-queue-without-a-worker' });
  expect(nobody.code).toBe(0);
  expect(nobody.err).toMatch(
    /no worker is responding on task queue a-queue-without-a-worker.*[Rr]eading only the cloud/,
  );
});

test('an invalid price table is refused with its path, by the command and by the worker', async () => {
  const prices = shell.file('wrong.yaml', 'currency: EUR\nflavors: {modelarts.vm.gpu.t4u8: cheap}\n');
  const refused = await shell.run(['audit', '--cloud-only'], { MAOPS_PRICES: prices });
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toContain('MAOPS_PRICES');
  expect(refused.err).toContain('wrong.yaml: flavors.modelarts.vm.gpu.t4u8: must be a number');
  const worker = await shell.run(['worker'], { MAOPS_PRICES: prices });
  expect(worker).toMatchObject({ code: 2 });
  expect(worker.err).toContain('flavors.modelarts.vm.gpu.t4u8');
});

test('a protected environment survives a teardown until it is unprotected', async () => {
  const name = freshName();
  await make(name);
  expect(await shell.run(['env', 'protect', name])).toMatchObject({ code: 2 });
  const kept = await shell.json(['env', 'protect', `env/${name}`, '--reason', 'the demo is on Friday']);
  expect(kept).toMatchObject({
    phase: 'Done',
    workflowId: `change/environment/${name}`,
    why: `pool ${name}, notebook ${name}: protected`,
    audit: [{ by: 'tester', verb: 'protect', reason: 'the demo is on Friday' }],
  });
  const audited = await shell.run(['audit']);
  expect(audited.out).toMatch(new RegExp(`pool +${name} +owned\\*`));
  // By its workflow id too, as every command takes it: nothing of another name is looked for.
  const shown = await shell.run(['env', 'teardown', `env/${name}`]);
  expect(shown).toMatchObject({ code: 1, out: expect.stringContaining('kept: maops:keep') });
  expect(shown.err).toContain(`\`maops env unprotect ${name} --reason …\``);
  expect(shown.out).not.toContain(`lease/${name}`);
  for (const command of [
    ['teardown', name, '--yes'],
    ['teardown', name, '--yes', '--wait'],
    ['release', name, '--reason', 'x'],
  ]) {
    const refused = await shell.run(['env', ...command]);
    expect({ command, ...refused }).toMatchObject({ command, code: 1, out: '' });
    expect(refused.err).toContain(`maops env unprotect ${name}`);
  }
  // Nothing was sent.
  expect(await shell.json(['env', 'show', `lease/${name}`])).toMatchObject({ phase: 'Leased', failure: null });
  expect((await shell.run(['env', 'show', `teardown/${name}`])).code).toBe(1);
  expect(shell.stack.simulator.state().pools.map((pool) => pool.name)).toContain(name);
  const open = await shell.run(['env', 'unprotect', name, '--reason', 'the demo is over']);
  expect(open).toMatchObject({ code: 0 });
  expect(await shell.run(['env', 'teardown', name, '--yes', '--wait'])).toMatchObject({ code: 0 });
  const nothing = await shell.run(['env', 'protect', freshName(), '--reason', 'x']);
  expect(nothing.code).toBe(1);
  expect(nothing.out + nothing.err).toContain('NotFound');
});
