import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addToAudit, auditLimits } from '../../src/domain/audit-trail.js';
import { commandOfKey, keepKey, keysKept, type UsedKey } from '../../src/domain/command-keys.js';

type Entry = Parameters<typeof addToAudit>[1];

const at = '2026-01-01T00:00:00.000Z';
const reason = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3_000 }),
  fc.nat(3_000).map((length) => '\u{1F600}'.repeat(length)),
  fc.nat(3_000).map((length) => '\u0001'.repeat(length)),
);

describe('an audit', () => {
  test('keeps the newest entries within both limits, and counts what it has dropped', () => {
    fc.assert(
      fc.property(fc.array(reason, { maxLength: 30 }), fc.integer({ min: 1, max: 12 }), (reasons, times) => {
        let audit: readonly Entry[] = [];
        let dropped = 0;
        let added = 0;
        for (let round = 0; round < times; round += 1) {
          for (const text of reasons) {
            const next = addToAudit(audit, { at, by: 'ann', verb: 'pause', reason: text });
            expect(next.audit.slice(0, -1)).toEqual(audit.slice(next.dropped));
            audit = next.audit;
            dropped += next.dropped;
            added += 1;
            expect(audit.length).toBeLessThanOrEqual(auditLimits.entries);
            expect(Buffer.byteLength(JSON.stringify(audit))).toBeLessThanOrEqual(auditLimits.bytes);
            expect(audit.length + dropped).toBe(added);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('drops no more than it must', () => {
    let audit: readonly Entry[] = [];
    for (let count = 0; count < 300; count += 1)
      audit = addToAudit(audit, { at, by: 'ann', verb: 'pause', reason: `${count}` }).audit;
    expect([audit.length, audit.at(0)?.reason, audit.at(-1)?.reason]).toEqual([200, '100', '299']);
    const entry = { at, by: 'ann', verb: 'pause', reason: 'x'.repeat(1_000) };
    audit = [];
    for (let count = 0; count < 300; count += 1) audit = addToAudit(audit, entry).audit;
    const size = Buffer.byteLength(JSON.stringify(audit));
    expect(size).toBeLessThanOrEqual(auditLimits.bytes);
    expect(size + JSON.stringify(entry).length + 1).toBeGreaterThan(auditLimits.bytes);
  });
});

test('the keys of the last commands are kept, each with its command', () => {
  let used: readonly UsedKey[] = [];
  for (let count = 0; count <= keysKept; count += 1) used = keepKey(used, 'pause', `key ${count}`);
  expect(used).toHaveLength(keysKept);
  expect(['key 0', 'key 1', 'key 100'].map((key) => commandOfKey(used, key))).toEqual([null, 'pause', 'pause']);
  used = keepKey(used, 'resume', 'key 1');
  expect([used.length, commandOfKey(used, 'key 1')]).toEqual([keysKept, 'resume']);
});
