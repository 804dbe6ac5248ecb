import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openContext } from '../../src/client/cli/context.js';
import { memoryTerminal } from './memory-terminal.js';

const settings = {
  MODELARTS_ENDPOINT: 'http://127.0.0.1:1',
  MODELARTS_PROJECT_ID: '0123456789abcdef0123456789abcdef',
  MODELARTS_TOKEN: 'token',
};

function open(isTTY: boolean) {
  const terminal = memoryTerminal();
  Object.assign(terminal.stderr, { isTTY });
  const interrupted = new AbortController().signal;
  return { terminal, ...openContext({ terminal, json: false, debug: false, interrupted }) };
}

describe('a command that has asked and shown nothing for a while', () => {
  const before = process.env;
  beforeEach(() => {
    process.env = { ...before, ...settings };
    jest.useFakeTimers();
  });
  afterEach(() => {
    process.env = before;
    jest.useRealTimers();
  });

  test('says on a terminal that it still waits, once', async () => {
    const { context, terminal, close } = open(true);
    await context.modelarts();
    await context.modelarts();
    jest.advanceTimersByTime(60_000);
    expect(terminal.err()).toBe('still waiting for an answer; if none comes, `maops doctor` says why\n');
    await close();
  });

  test.each([
    ['has shown something', true, ({ shown }: { shown: () => void }) => shown()],
    ['has told something', true, ({ notice }: { notice: (text: string) => void }) => notice('x')],
    ['writes into a pipe', false, () => undefined],
  ])('says nothing of it where it %s', async (_why, isTTY, act) => {
    const { context, terminal, close } = open(isTTY);
    await context.modelarts();
    act(context);
    jest.advanceTimersByTime(60_000);
    expect(terminal.err()).not.toContain('waiting');
    await close();
  });

  test('says nothing when it has ended', async () => {
    const { context, terminal, close } = open(true);
    await context.modelarts();
    await close();
    jest.advanceTimersByTime(60_000);
    expect(terminal.err()).toBe('');
  });
});
