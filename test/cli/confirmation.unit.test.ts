import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { confirm } from '../../src/cli/confirmation.js';

function talk(signal = new AbortController().signal) {
  return { input: new PassThrough(), output: new PassThrough(), signal };
}

describe('a question to a person', () => {
  test.each([
    ['yes', true],
    [' YES ', true],
    ['y', false],
    ['no', false],
    ['', false],
  ])('answered with %j is %s', async (answer, meant) => {
    const streams = talk();
    const asked = confirm('Delete this for good?', streams);
    streams.input.write(`${answer}\n`);
    expect(await asked).toBe(meant);
    expect(String(streams.output.read())).toContain('Delete this for good? [yes/no] ');
  });

  test('counts as a no when the input has ended', async () => {
    const streams = talk();
    streams.input.end();
    expect(await confirm('Delete this for good?', streams)).toBe(false);
    expect(String(streams.output.read())).toMatch(/\n$/);
  });

  test('is interrupted by Ctrl-C', async () => {
    const interrupt = new AbortController();
    const asked = confirm('Delete this for good?', talk(interrupt.signal));
    interrupt.abort();
    await expect(asked).rejects.toThrow('abort');
  });
});
