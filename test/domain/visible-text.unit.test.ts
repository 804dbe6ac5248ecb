import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { visibleJson, visibleStyledText, visibleText, visibleValue } from '../../src/domain/visible-text.js';

describe('text from anywhere', () => {
  test.each([
    ['an escape sequence', '\u001b[31mred\u001b[0m', '␛[31mred␛[0m'],
    ['a terminal title', '\u001b]0;owned\u0007', '␛]0;owned␇'],
    ['a carriage return', 'done\rfailed', 'done␍failed'],
    ['a tab', 'a\tb', 'a␉b'],
    ['DEL', 'a\u007f', 'a␡'],
    ['a C1 control sequence', '\u009b2J', '\\u009b2J'],
    ['a right-to-left override', 'txt.\u202eexe', 'txt.\\u202eexe'],
    ['an isolate', '\u2066x\u2069', '\\u2066x\\u2069'],
    ['a zero-width space and a mark of byte order', 'a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['half of a surrogate pair', 'a\ud800', 'a\\ud800'],
    ['a tag character', '\u{e0041}', '\\udb40\\udc41'],
  ])('shows %s', (_case, text, expected) => {
    expect(visibleText(text)).toBe(expected);
  });

  test.each(['plain', 'zwei\nZeilen', '训练环境', 'データ', '👩‍👩‍👧 🇩🇪 ☁️', 'می‌خواهم', 'café'])('keeps %j', (text) => {
    expect(visibleText(text)).toBe(text);
  });

  test('never contains terminal control sequences, and is unchanged the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visibleText(text);
        expect(shown).not.toMatch(/[^\P{Cc}\n]|[\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
        expect(visibleText(shown)).toBe(shown);
      }),
    );
  });

  test('is made visible in every text and key of a value, and the rest is unchanged', () => {
    const value = { a: ['\u001b', 1, null, true, undefined], '\u001b': { b: '\u009b' } };
    expect(visibleValue(value)).toEqual({ a: ['␛', 1, null, true, undefined], '␛': { b: '\\u009b' } });
  });
});

test('our own colours stay in styled text, any other sequence does not', () => {
  expect(visibleStyledText('\u001b[31mred\u001b[39m \u001b[2J\u001b[38;5;1m')).toBe(
    '\u001b[31mred\u001b[39m ␛[2J␛[38;5;1m',
  );
});

test('JSON has exactly the value, and contains no terminal control sequences', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = visibleJson({ [text]: text });
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ [text]: text })));
      expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});
