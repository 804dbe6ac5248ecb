import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Context, openContext } from '../../src/cli/context.js';
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
  return { terminal, opened: openContext({ terminal, json: false, debug: false, interrupted }) };
}

describe('a command without output for a while', () => {
  const before = process.env;
  beforeEach(() => {
    process.env = { ...before, ...settings };
    jest.useFakeTimers();
  });
  afterEach(() => {
    process.env = before;
    jest.useRealTimers();
  });

  test('prints one hint on a terminal', async () => {
    const { terminal, opened } = open(true);
    await opened.context.modelarts();
    await opened.context.modelarts();
    jest.advanceTimersByTime(60_000);
    expect(terminal.err()).toMatch(/^.*`maops doctor`.*\n$/);
    await opened.close();
  });

  test.each([
    ['has shown something', true, (context: Context) => context.shown()],
    ['has printed a notice', true, (context: Context) => context.notice('x')],
    ['writes into a pipe', false, () => undefined],
  ])('says nothing of it where it %s', async (_why, isTTY, act) => {
    const { terminal, opened } = open(isTTY);
    await opened.context.modelarts();
    act(opened.context);
    jest.advanceTimersByTime(60_000);
    expect(terminal.err()).not.toContain('waiting');
    await opened.close();
  });

  test('prints nothing after it has ended', async () => {
    const { terminal, opened } = open(true);
    await opened.context.modelarts();
    await opened.close();
    jest.advanceTimersByTime(60_000);
    expect(terminal.err()).toBe('');
  });
});

describe('control characters', () => {
  const document = { reason: '\u001b[2J\u009b31m', name: 'a' };
  const print = (json: boolean) => {
    const terminal = memoryTerminal();
    const interrupted = new AbortController().signal;
    const { context } = openContext({ terminal, json, debug: false, interrupted });
    context.result(document, (shown) => `${terminal.colors.red(shown.reason)} ${shown.name}`);
    context.notice(`told ${document.reason}`);
    return terminal;
  };

  test('are made visible in results and notices', () => {
    const terminal = print(false);
    expect(terminal.out()).toBe('␛[2J\\u009b31m a\n');
    expect(terminal.err()).toBe('told ␛[2J\\u009b31m\n');
  });

  test('are escaped in JSON', () => {
    const terminal = print(true);
    expect(terminal.out()).toBe('{"reason":"\\u001b[2J\\u009b31m","name":"a"}\n');
    expect(JSON.parse(terminal.out())).toEqual(document);
  });
});
