import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeUtf8 } from '../../src/spec/encoding.js';

const text = 'name: team-a\npool:\n  description: für alle\n';

function utf16(written: string, order: 'le' | 'be'): Buffer {
  const bytes = Buffer.from(written, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
}

describe('the bytes of a file', () => {
  it('are decoded as UTF-8, with or without a byte order mark', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (written) => {
        fc.pre(!written.includes('\0') && !written.startsWith('\ufeff'));
        expect(decodeUtf8(Buffer.from(written))).toEqual({ ok: true, text: written });
        expect(decodeUtf8(Buffer.from(`\ufeff${written}`))).toEqual({ ok: true, text: written });
      }),
    );
  });

  it('may contain the replacement character itself', () => {
    expect(decodeUtf8(Buffer.from('a\ufffdb'))).toEqual({ ok: true, text: 'a\ufffdb' });
  });

  it.each([
    ['UTF-16 (little endian)', utf16(`\ufeff${text}`, 'le')],
    ['UTF-16 (big endian)', utf16(`\ufeff${text}`, 'be')],
    ['UTF-16 (little endian)', utf16(text, 'le')],
    ['UTF-16 (big endian)', utf16(text, 'be')],
    ['UTF-32 (little endian)', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])],
  ])('in %s are refused with the name of the encoding', (encoding, bytes) => {
    expect(decodeUtf8(bytes)).toEqual({ ok: false, problem: expect.stringContaining(encoding), line: 1, column: 1 });
  });

  it('in Latin-1 are refused with the byte and its place', () => {
    expect(decodeUtf8(Buffer.from(text, 'latin1'))).toEqual({
      ok: false,
      problem: expect.stringMatching(/0xFC .*ü/),
      line: 3,
      column: 17,
    });
  });

  it.each([
    ['half of a character at the end', Buffer.from([0x61, 0xe2, 0x82]), '0xE2'],
    ['an overlong form', Buffer.from([0x61, 0xc0, 0x80]), '0xC0'],
    ['a surrogate', Buffer.from([0x61, 0xed, 0xa0, 0x80]), '0xED'],
  ])('with %s are refused', (_case, bytes, byte) => {
    expect(decodeUtf8(bytes)).toMatchObject({ ok: false, problem: expect.stringContaining(byte), line: 1, column: 2 });
  });

  it('with a NUL byte are not text', () => {
    const bytes = Buffer.from('a: b\nc: \0d\n');
    expect(decodeUtf8(bytes)).toMatchObject({ ok: false, line: 2, column: 4 });
  });
});
