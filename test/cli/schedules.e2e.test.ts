import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ScheduleDetails, ScheduleRow } from '../../src/client/schedule-view.js';
import { environmentDocument, freshName } from '../workflows/documents.js';
import { openShell, type Shell } from './shell.js';

let shell: Shell;
beforeAll(async () => {
  shell = await openShell();
});
const made: string[] = [];
afterAll(async () => {
  for (const name of made) await shell.run(['schedule', 'delete', name]);
  await shell?.close();
});

const never = ['--cron', '0 0 1 1 *'];
const because = ['--reason', 'because'];

function scheduleName(): string {
  const name = freshName();
  made.push(name);
  return name;
}

/** The commands of the page's `sh` blocks as words; single quotes keep words together. */
function commandsOfPage(): string[][] {
  const page = readFileSync(path.resolve(__dirname, '../../docs/schedules.md'), 'utf8');
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block);
  const lines = blocks.flatMap((block) => block.trim().split('\n'));
  return lines.map((line) => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare = '']) => quoted ?? bare));
}

describe('maops schedule', () => {
  test('runs every command of docs/schedules.md', async () => {
    const commands = commandsOfPage();
    expect(commands.map((words) => words.slice(0, 3).join(' '))).toEqual([
      'maops schedule create',
      'maops schedule create',
      'maops schedule create',
      'maops schedule list',
    ]);
    for (const [, ...words] of commands) {
      if (words[1] === 'create') made.push(words[2] ?? '');
      const { code, err } = await shell.run(words);
      expect({ words, code, err }).toEqual({ words, code: words[1] === 'list' ? expect.any(Number) : 0, err });
    }
    const sweep = await shell.json(['schedule', 'trigger', 'nightly', '--wait']);
    expect(sweep).toMatchObject({ phase: 'Done', why: expect.stringMatching(/^sweep\/nightly-.*Z ended Done/) });
    const rows = await shell.json<ScheduleRow[]>(['schedule', 'list']);
    expect(rows.find(({ name }) => name === 'evening')?.does).toBe('teardown of team-hours');
    expect(rows.find(({ name }) => name === 'nightly')).toMatchObject({ troubles: [], lastRun: { phase: 'Done' } });
  });

  test('a pool for working hours is created, shown, triggered, paused, resumed and deleted', async () => {
    const name = scheduleName();
    const environment = freshName();
    const file = shell.file('hours.json', environmentDocument(environment));
    const when = ['--cron', '0 8 * * 1-5', '--timezone', 'europe/berlin'];
    const what = ['--provision', file, '--reason', 'working hours'];
    const created = await shell.run(['schedule', 'create', name, ...when, ...what]);
    expect(created).toMatchObject({ code: 0, out: expect.stringContaining(`provision ${environment}`) });
    expect(created.out).toContain('0 8 * * 1-5  (Europe/Berlin)');
    expect(created.out).toContain('by tester: working hours');
    expect(created.err).toMatch(/; next runs: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+(, )?){3}/);

    expect(await shell.json(['schedule', 'trigger', name, '--wait'])).toMatchObject({
      phase: 'Done',
      audit: [{ verb: 'started', by: `schedule/${name}`, reason: `env/${environment}` }],
    });
    const shown = await shell.run(['schedule', 'show', name]);
    expect(shown.out).toMatch(new RegExp(`Done +\\S.* +env/${environment} ended Ready`));

    const paused = await shell.json<ScheduleDetails>(['schedule', 'pause', name, ...because]);
    expect(paused).toMatchObject({ paused: true, pausedByFailure: false, note: 'paused by tester: because' });
    const resumed = await shell.json<ScheduleDetails>(['schedule', 'resume', name, ...because]);
    expect(resumed).toMatchObject({ paused: false, note: 'resumed by tester: because', troubles: [] });

    const deleted = await shell.run(['schedule', 'delete', name]);
    expect(deleted).toMatchObject({ code: 0, err: expect.stringContaining(name) });
    expect(deleted.out).toContain('  deleted\n');
    expect(deleted.out).not.toContain('next');
    const gone = await shell.run(['schedule', 'show', name]);
    expect(gone).toMatchObject({ code: 1, out: '', err: expect.stringContaining('`maops schedule list`') });
  });

  test('list --check exits 1 and names the schedule whose last run failed', async () => {
    const name = scheduleName();
    shell.stack.simulator.faults.plan({ operation: 'notebooks.create', kind: 'notebookFailed' });
    const file = shell.file('fails.json', environmentDocument(freshName()));
    await shell.json(['schedule', 'create', name, ...never, '--provision', file]);
    const failed = await shell.run(['schedule', 'trigger', name, '--wait']);
    expect(failed).toMatchObject({ code: 1, out: expect.stringContaining('NotebookFailed') });
    const checked = await shell.run(['schedule', 'list', '--check']);
    expect(checked).toMatchObject({ code: 1, err: expect.stringContaining(`maops schedule show ${name}`) });
    expect(checked.out).toContain(`${name}: its last run ended Failed: NotebookFailed`);
    const rows = await shell.json<ScheduleRow[]>(['schedule', 'list']);
    const [row] = rows.filter((one) => one.name === name);
    expect(row).toMatchObject({ does: expect.stringContaining('provision'), lastRun: { phase: 'Failed' } });
    expect(Object.keys(row ?? {})).not.toContain('results');
  });

  test('a teardown of an unknown environment is created with a warning', async () => {
    const name = scheduleName();
    const { code, err } = await shell.run(['schedule', 'create', name, ...never, '--teardown', 'nobody', '--paused']);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('warning: no environment named nobody') });
    expect(err).toContain(`\`maops schedule resume ${name} --reason …\``);
    const run = await shell.json(['schedule', 'trigger', name, '--wait']);
    expect(run).toMatchObject({ phase: 'Done', why: expect.stringContaining('teardown/nobody ended Gone') });
    expect((await shell.run(['schedule', 'create', name, ...never, '--teardown', 'nobody'])).code).toBe(1);
  });

  test('a teardown of a protected environment is created with a warning', async () => {
    const environment = freshName();
    const file = shell.file('protected.json', environmentDocument(environment));
    await shell.json(['env', 'create', '-f', file, '--wait']);
    await shell.json(['env', 'protect', environment, ...because]);
    const create = async () =>
      await shell.run(['schedule', 'create', scheduleName(), ...never, '--teardown', environment, '--paused']);
    const { code, err } = await create();
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining(`${environment} is protected`) });
    expect(err).toContain(`maops env unprotect ${environment}`);
    await shell.json(['env', 'unprotect', environment, ...because]);
    const free = await create();
    expect(free).toMatchObject({ code: 0, err: expect.not.stringContaining('warning') });
  });

  test('invalid usage exits 2 and creates nothing', async () => {
    const name = freshName();
    const bad = shell.file('bad.json', { name: 'bad' });
    const rules = shell.file('rules.yaml', 'protect:\n  nmaes: [a]\n');
    const wrong: readonly (readonly [words: readonly string[], expected: string])[] = [
      [never, 'choose one of --sweep, --teardown ENV and --provision FILE'],
      [[...never, '--sweep', '--teardown', 'team-a'], 'choose one of'],
      [[...never, '--teardown', 'team-a', '--apply'], '--sweep'],
      [['--sweep'], "required option '--cron <expression>'"],
      [['--cron', '0 25 * * *', '--sweep'], 'hour 25:'],
      [[...never, '--sweep', '--timezone', 'Mars/Base'], 'timezone Mars/Base:'],
      [[...never, '--sweep', '--jitter', '5'], '--jitter 5:'],
      [[...never, '--sweep', '--catchup', '1s'], 'catchup:'],
      [[...never, '--sweep', '--reason', ' '], '--reason'],
      [[...never, '--sweep', '--rules', rules], 'protect.nmaes'],
      [[...never, '--provision', bad], 'the spec is not valid'],
    ];
    const ended = await Promise.all(wrong.map(([words]) => shell.run(['schedule', 'create', name, ...words])));
    expect(ended.map(({ code }) => code)).toEqual(wrong.map(() => 2));
    for (const [index, [, expected]] of wrong.entries()) expect(ended[index]?.err).toContain(expected);
    expect((await shell.run(['schedule', 'pause', name])).code).toBe(2);
    expect((await shell.run(['schedule', 'show', name])).code).toBe(1);
  });
});
