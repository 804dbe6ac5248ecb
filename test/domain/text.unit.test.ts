import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { problemOfCommand, readCommand } from '../../src/domain/command.js';
import { countBytes, countCharacters, cut, isLongerThan, jsonSize, textOf, tooLarge } from '../../src/domain/text.js';

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
/** Halves of surrogate pairs too, as raw JSON may hold them. */
const rawText = fc
  .array(fc.constantFrom('a', 'é', '中', '\u{1F600}', '\uD83D', '\uDE00', '\u0007'))
  .map((parts) => parts.join(''));

describe('a cut text', () => {
  test('has at most so many code points, and says at its end that it was cut', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, rawText), fc.integer({ min: 1, max: 30 }), (text, limit) => {
        const short = cut(text, limit);
        expect(countCharacters(short)).toBeLessThanOrEqual(limit);
        if (countCharacters(text) <= limit) expect(short).toBe(text);
        else
          expect([countCharacters(short), text.startsWith(short.slice(0, -1)), short.at(-1)]).toEqual([
            limit,
            true,
            '…',
          ]);
        expect(isLongerThan(text, limit)).toBe(countCharacters(text) > limit);
        // Cutting once more changes nothing.
        expect(cut(short, limit)).toBe(short);
      }),
    );
  });

  test('never ends in half of a character', () => {
    expect(cut('\u{1F600}'.repeat(5), 3)).toBe('\u{1F600}\u{1F600}…');
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 30 }), (text, limit) => {
        expect(() => encodeURIComponent(cut(text, limit))).not.toThrow();
      }),
    );
  });
});

test('bytes are those that are sent', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, rawText), (text) => {
      expect(countBytes(text)).toBe(Buffer.byteLength(text, 'utf8'));
    }),
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(jsonSize(value)).toBe(Buffer.byteLength(JSON.stringify(value), 'utf8'));
    }),
  );
});

test('a document that is too large is reported with its size and the limit', () => {
  expect(tooLarge({ text: 'x'.repeat(100) }, 111)).toBeNull();
  expect(tooLarge({ text: 'x'.repeat(101) }, 111)).toContain('112 bytes');
  expect(tooLarge({ count: 5n })).toContain('as JSON');
});

describe('the payload of a command', () => {
  const attribution = { by: 'ann', reason: 'late' };

  test.each([
    ['nothing', undefined],
    ['no reason', { by: 'ann' }],
    ['a reason that is no text', { by: 'ann', reason: { text: 'late' } }],
    ['too long a name', { ...attribution, by: 'x'.repeat(101) }],
    ['too long a reason', { ...attribution, reason: '\u{1F600}'.repeat(1_001) }],
    ['too long a key', { ...attribution, key: 'x'.repeat(101) }],
    ['a key that is no text', { ...attribution, key: 5 }],
    ['a blank key', { ...attribution, key: ' ' }],
  ])('is refused when it is %s', (_title, command) => {
    expect(problemOfCommand(command)).not.toBeNull();
  });

  test('may have the longest texts, of any characters, and null for no key', () => {
    const longest = { by: '中'.repeat(100), reason: '\u{1F600}'.repeat(1_000), key: '\u{1F600}'.repeat(100) };
    expect([problemOfCommand(longest), problemOfCommand({ ...attribution, key: null })]).toEqual([null, null]);
  });

  test('is read from any signal payload, within the limits', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (by, reason, key) => {
        const command = readCommand({ by, reason, key });
        expect(countCharacters(command.by)).toBeLessThanOrEqual(100);
        expect(command.by).not.toBe('');
        expect(countCharacters(command.reason)).toBeLessThanOrEqual(1_000);
      }),
    );
    expect(readCommand(null)).toEqual({ by: 'unknown', reason: '', key: null });
    expect(readCommand({ by: 'x'.repeat(200), reason: 'y'.repeat(2_000_000), key: 'z'.repeat(101) })).toEqual({
      by: `${'x'.repeat(99)}…`,
      reason: `${'y'.repeat(999)}…`,
      key: null,
    });
    expect(textOf({ a: [1] })).toBe('{"a":[1]}');
  });
});
