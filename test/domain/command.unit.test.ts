import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSigned, oneLine, problemOfCommand, readCommand } from '../../src/domain/command.js';
import { commandOfKey, keepKey, keysKept, type UsedKey } from '../../src/domain/command-keys.js';

const signed = { by: 'ann', reason: 'test' };

describe('a command', () => {
  test.each<[string, Parameters<typeof problemOfCommand>[0], boolean]>([
    ['with an actor and a reason', signed, true],
    ['with a key', { ...signed, key: 'k' }, true],
    ['with the longest texts', { by: 'x'.repeat(100), reason: 'x'.repeat(1_000), key: 'x'.repeat(100) }, true],
    ['with characters of two units', { ...signed, by: '😀'.repeat(100) }, true],
    ['with a null key', { ...signed, key: null }, true],
    ['that is missing', null, false],
    ['without an actor', { reason: 'test' }, false],
    ['with a blank reason', { ...signed, reason: ' ' }, false],
    ['with an actor that is no text', { ...signed, by: 1 }, false],
    ['with an empty key', { ...signed, key: '' }, false],
    ['with a key that is no text', { ...signed, key: 1 }, false],
    ['with a long actor', { ...signed, by: 'x'.repeat(101) }, false],
    ['with a long reason', { ...signed, reason: 'x'.repeat(1_001) }, false],
    ['with a long key', { ...signed, key: 'x'.repeat(101) }, false],
  ])('%s', (_title, command, isValid) => {
    expect(problemOfCommand(command) === null).toBe(isValid);
  });

  test.each<[object | null, object]>([
    [null, { by: 'unknown', reason: '', key: null }],
    [
      { ...signed, key: 'k' },
      { ...signed, key: 'k' },
    ],
    [
      { by: ' ', key: 1 },
      { reason: '', key: null },
    ],
    [
      { ...signed, key: 'x'.repeat(101) },
      { ...signed, key: null },
    ],
  ])('%j is read from a signal', (command, expected) => {
    expect(readCommand(command)).toMatchObject(expected);
  });

  test('that is read from a signal is within the limits', () => {
    fc.assert(
      fc.property(fc.record({ by: fc.anything(), reason: fc.anything(), key: fc.anything() }), (raw) => {
        const { by, reason, key } = readCommand(raw);
        expect(isSigned({ by, reason: 'r' })).toBe(true);
        expect(problemOfCommand({ by, reason: reason.trim() || 'r', key })).toBeNull();
      }),
    );
  });

  test.each([
    ['a\nb', 'a; b'],
    ['a:\nb\nc', 'a: b; c'],
    [' a\n', 'a'],
  ])('%j in one line', (text, line) => {
    expect(oneLine(text)).toBe(line);
  });
});

test('the newest keys are kept, each with its last command', () => {
  const uses = fc.array(fc.record({ key: fc.nat(150).map(String), command: fc.constantFrom('pause', 'extendLease') }), {
    minLength: 200,
    maxLength: 400,
  });
  fc.assert(
    fc.property(uses, (given) => {
      const kept = given.reduce<readonly UsedKey[]>((used, { key, command }) => keepKey(used, command, key), []);
      const newest = new Map(
        [...given]
          .reverse()
          .map(({ key, command }) => [key, command] as const)
          .reverse(),
      );
      const last = [...new Set([...given].reverse().map(({ key }) => key))];
      expect(kept.length).toBe(Math.min(keysKept, last.length));
      for (const [at, key] of last.entries())
        expect(commandOfKey(kept, key)).toBe(at < keysKept ? newest.get(key) : null);
    }),
  );
});
