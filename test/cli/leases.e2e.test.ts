import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Progress } from '../../src/contract/progress.js';
import { environmentDocument, freshName } from '../workflows/documents.js';
import { openShell, type Shell } from './shell.js';

let shell: Shell;
beforeAll(async () => {
  shell = await openShell();
});
afterAll(async () => await shell?.close());

const because = ['--reason', 'because'];

/** A Ready environment with a lease. */
async function leased(lease: Record<string, unknown> | undefined): Promise<string> {
  const name = freshName();
  const file = shell.file(`${name}.json`, environmentDocument(name, lease === undefined ? {} : { lease }));
  const ready = await shell.json(['env', 'create', '-f', file, '--wait']);
  expect(ready).toMatchObject({ phase: 'Ready', lease: { extensions: 0 } });
  return name;
}

const endOf = ({ lease }: Progress) => Date.parse(lease?.endsAt ?? '');

describe('a lease on a real server', () => {
  test('is extended, warns, and ends in a teardown', async () => {
    const name = await leased({ ttl: '15s', max: '60s', warnings: ['1s'] });
    const before = await shell.json(['env', 'show', name]);
    const after = await shell.json(['env', 'extend', name, '4s', ...because]);
    expect(endOf(after) - endOf(before)).toBe(4_000);
    expect(after).toMatchObject({
      phase: 'Leased',
      lease: { extensions: 1 },
      audit: [{ verb: 'extend', by: 'tester' }],
    });
    const described = await shell.stack.client.workflow.getHandle(`lease/${name}`).describe();
    expect(described.searchAttributes.MaopsLeaseEndsAt).toEqual([new Date(endOf(after))]);
    const watched = await shell.run(['env', 'watch', name, '--timeout', '30s']);
    expect({ code: watched.code, out: watched.out }).toEqual({ code: 0, out: expect.stringContaining('Gone') });
    const gone = await shell.json(['env', 'show', name]);
    expect(gone.audit.map(({ verb }) => verb)).toEqual(['extend', 'warn', 'expire']);
    expect(Date.parse(gone.audit.at(-1)?.at ?? '')).toBeGreaterThanOrEqual(endOf(after));
    expect(shell.stack.simulator.state().pools.filter((pool) => pool.name === name)).toEqual([]);
    const late = await shell.run(['env', 'extend', name, '4s', ...because]);
    expect({ code: late.code, err: late.err }).toEqual({ code: 1, err: expect.stringContaining('no lease is open') });
  });

  test('refuses an extension: 1 beyond the maximum or without an end, 2 for a bad duration or no reason', async () => {
    const [bounded, endless] = await Promise.all([leased({ ttl: '2h', max: '3h', warnings: [] }), leased(undefined)]);
    const [beyond, nothing, bad, silent] = await Promise.all([
      shell.run(['env', 'extend', bounded, '2h', ...because]),
      shell.run(['env', 'extend', endless, '2h', ...because]),
      shell.run(['env', 'extend', bounded, '2', ...because]),
      shell.run(['env', 'extend', bounded, '2h']),
    ]);
    expect(beyond).toMatchObject({ code: 1, out: '', err: expect.stringContaining('at most 1h can be added') });
    // Times are for people here too.
    expect(beyond.err).not.toMatch(/\dT\d\d:/);
    expect(nothing).toMatchObject({ code: 1, out: '', err: expect.stringContaining('no end') });
    expect(bad).toMatchObject({ code: 2, out: '', err: expect.stringContaining('a number with ms, s, m, h or d') });
    expect(silent).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--reason') });
    expect(await shell.json(['env', 'show', bounded])).toMatchObject({ phase: 'Leased', lease: { extensions: 0 } });
    const list = await shell.run(['env', 'list']);
    expect(list.out).toMatch(new RegExp(`LEASE[^]*${bounded} +Leased`));
  });
});
