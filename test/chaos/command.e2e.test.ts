import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

const chaos = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'scripts/chaos.ts', ...args], { encoding: 'utf8' });

test.each([['--seeds', 'abc'], ['--workers', '0'], ['--seed', '1.5'], ['--unknown']])(
  'invalid options exit with 2 and run nothing: %j',
  (...args) => {
    const { status, stdout, stderr } = chaos(...args.filter((one) => one !== undefined));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(args[0]);
  },
);

test('--help exits with 0', () => {
  expect(chaos('--help').status).toBe(0);
});
