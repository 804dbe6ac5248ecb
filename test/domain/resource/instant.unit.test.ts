import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { transformFileSync } from '@swc/core';
import fc from 'fast-check';
import { instantOf, parseInstant } from '../../../src/domain/resource/instant.js';
import { isoTimeOf } from '../../../src/domain/rfc3339.js';

const at = Date.UTC(2026, 10, 30, 13, 27, 51);

describe('a time in a response', () => {
  test.each([
    '2026-11-30T13:27:51Z',
    '2026-11-30T13:27:51.000Z',
    '2026-11-30T13:27:51.999Z',
    '2026-11-30t13:27:51z',
    '2026-11-30T13:27:51.446172146Z',
    '2026-11-30T21:27:51+08:00',
    '2026-11-30T21:27:51+0800',
    '2026-11-30T21:27:51+08',
    '2026-11-30T07:57:51-05:30',
    '2026-11-30T13:27:51',
    '2026-11-30 13:27:51',
    '2026-11-30 13:27:51.446172146 +0000 UTC',
    '1796045271000',
    '1796045271999',
    '1796045271',
    1796045271000,
    1796045271000.7,
  ])('has one form inside: %s', (text) => {
    expect(instantOf(text)).toBe('2026-11-30T13:27:51Z');
  });

  test('keeps its milliseconds where they are shown', () => {
    expect(isoTimeOf(1796045271123)).toBe('2026-11-30T13:27:51.123Z');
  });

  test.each([
    '',
    'yesterday',
    'true',
    '2026-11-30T25:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-30T13:27:51 Asia/Shanghai',
    '0001-01-01T00:00:00Z',
    '0',
    0,
    Number.MAX_VALUE,
    Number.NaN,
    '99999999999999999999',
    null,
    undefined,
  ])('is unknown when it cannot be read, or is a zero time: %s', (text) => {
    expect([parseInstant(text), instantOf(text), isoTimeOf(text)]).toEqual([null, '', null]);
  });

  test('is the same in every written form, and after it is read again', () => {
    const instants = fc.integer({ min: 1_000_000_000, max: 253_402_300_799 }).map((seconds) => seconds * 1_000);
    const offsets = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(instants, offsets, (ms, minutes) => {
        const shifted = ms + minutes * 60_000;
        fc.pre(shifted > 0 && shifted < 253_402_300_799_000);
        const pad = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0');
        const zone = `${minutes < 0 ? '-' : '+'}${pad(minutes / 60)}:${pad(minutes % 60)}`;
        const text = `${new Date(shifted).toISOString().slice(0, 19)}${zone}`;
        expect(parseInstant(text)).toBe(ms);
        expect(instantOf(instantOf(text))).toBe(instantOf(ms));
      }),
    );
  });

  test.each(['UTC', 'Asia/Shanghai', 'America/New_York', 'Africa/Cairo'])(
    'is the same in a process whose zone is %s',
    (zone) => {
      const file = path.resolve('src/domain/resource/instant.ts');
      const { code } = transformFileSync(file, {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
      });
      const script = `${code}
        const texts = ['2026-11-30T13:27:51', '2026-11-30 13:27:51', '2026-11-30T21:27:51+08:00', '2026-11-30'];
        console.log(JSON.stringify([texts.map(exports.parseInstant), new Date().getTimezoneOffset() !== undefined]));`;
      const { stdout } = spawnSync(process.execPath, ['-e', script], {
        env: { ...process.env, TZ: zone },
        encoding: 'utf8',
      });
      expect(JSON.parse(stdout)).toEqual([[at, at, at, Date.UTC(2026, 10, 30)], true]);
    },
  );
});
