import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCatalogue } from '../../src/cli/catalogue.js';
import type { Catalogue } from '../../src/cli/command.js';
import { fishCompletion } from '../../src/cli/completion/fish.js';
import { zshCompletion } from '../../src/cli/completion/zsh.js';
import { runCommandLine } from '../../src/cli/main.js';
import { memoryTerminal } from './memory-terminal.js';

const folder = mkdtempSync(path.join(tmpdir(), 'maops-completion-'));
const script = path.join(folder, 'maops.bash');
let catalogue: Catalogue = { groups: {}, commands: [] };

beforeAll(async () => {
  const terminal = memoryTerminal();
  expect(await runCommandLine(['completion', 'bash'], terminal)).toBe(0);
  writeFileSync(script, terminal.out());
  writeFileSync(path.join(folder, 'team-z.yaml'), '');
  catalogue = readCatalogue();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a real bash offers when Tab is pressed behind these words; the last one is what was begun. */
function offered(...words: readonly string[]): string[] {
  const line = ['maops', ...words].map((word) => `'${word}'`).join(' ');
  const program = `
    maops() {
      case "$*" in
        '__names environments') printf '%s\\n' team-a team-b other ;;
        '__names schedules') printf '%s\\n' team-nightly evening ;;
      esac
    }
    source ${script}
    complete -p maops >/dev/null || exit 9
    COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _maops; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', program], { cwd: folder, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter((word) => word !== '');
}

describe('in bash, Tab offers', () => {
  test.each([
    ['groups and roles', ['e'], ['env']],
    ['verbs of a group', ['env', 're'], ['resume', 'reject', 'resolve', 'release']],
    ['names of environments', ['env', 'show', 'team'], ['team-a', 'team-b']],
    ['names behind an option that takes something', ['env', 'watch', '--timeout', '90m', 'ot'], ['other']],
    ['names of schedules', ['schedule', 'show', 'team'], ['team-nightly']],
    ['no names for a new schedule', ['schedule', 'create', 't'], []],
    ['what a schedule can tear down', ['schedule', 'create', 'evening', '--teardown', 'team'], ['team-a', 'team-b']],
    ['no names for a second argument', ['env', 'show', 'team-a', 't'], []],
    ['the verbs of a failed step', ['env', 'resolve', 'team-a', 'r'], ['retry', 'rollback']],
    ['options of the command', ['env', 'pause', 'team-a', '--r'], ['--reason']],
    ['phases', ['env', 'list', '--phase', 'AwaitingC'], ['AwaitingCapacity']],
    ['files', ['env', 'create', '-f', 'team'], ['team-z.yaml']],
    ['words that an option may take', ['completion', 'f'], ['fish']],
    ['what can be explained', ['help', 'ex'], ['exit-codes']],
    ['verbs behind help', ['help', 'pool', 'de'], ['delete']],
    ['nothing for a free text', ['env', 'pause', '--reason', 'x'], []],
    ['a command with others below it', ['audit', 'a'], ['adopt']],
  ])('%s', (_case, words, expected) => {
    expect(offered(...words).sort()).toEqual([...expected].sort());
  });

  test('something for every command: its options, of which --json is one', () => {
    for (const { group, verb } of catalogue.commands) {
      const words = group === null ? [verb] : [group, verb];
      expect([words, offered(...words, '--js')]).toEqual([words, ['--json']]);
    }
  });
});

describe('zsh and fish get the same completions', () => {
  test.each([
    ['zsh', zshCompletion, "'env resolve')", '_describe verb verbs'],
    ['fish', fishCompletion, "'__maops_at env resolve'", "'__maops_second env' -a resolve"],
  ] as const)('%s', (_shell, write, command, verb) => {
    const text = write(catalogue);
    expect(text).toContain(command);
    expect(text).toContain(verb);
    for (const one of catalogue.commands) expect(text).toContain(one.verb);
    expect(text).toContain('retry rollback abandon skip');
    expect(text).toContain('_maops_names schedules');
  });
});
