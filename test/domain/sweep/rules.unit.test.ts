import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { InventoryItem } from '../../../src/domain/resource/inventory.js';
import { ageOf, matches, protectingRule, type SweepRules } from '../../../src/domain/sweep/rules.js';
import { hour, item, now } from '../worlds.js';

type Protect = SweepRules['protect'];
const nothing: Protect = { names: [], labels: {}, workspaces: [], minAgeMs: 0 };
const rulesOf = (protect: Partial<Protect>): SweepRules => ({
  protect: { ...nothing, ...protect },
  orphans: null,
  idle: null,
  busy: 'keep',
  maxShare: 1,
});
const at = (ageMs: number) => new Date(now - ageMs).toISOString();

describe('the rule that keeps a resource', () => {
  test.each<[string, Partial<InventoryItem>, string | null, Partial<Protect>, string | null]>([
    ['none', {}, null, {}, null],
    ['its own protection', { isProtected: true }, null, {}, 'maops:keep'],
    ['its name', {}, null, { names: ['other', 'team-*'] }, 'name team-*'],
    ['the name of its environment', { name: 'x' }, 'team-a', { names: ['team-a'] }, 'name team-a'],
    ['not another name', { name: 'x' }, 'team-b', { names: ['team-a'] }, null],
    ['one of its labels', { labels: { env: 'prod' } }, null, { labels: { tier: '1', env: 'prod' } }, 'label env=prod'],
    ['not another value of a label', { labels: { env: 'dev' } }, null, { labels: { env: 'prod' } }, null],
    ['its workspace', { workspaceId: 'w' }, null, { workspaces: ['w'] }, 'workspace w'],
    ['the default workspace', { workspaceId: null }, null, { workspaces: ['0'] }, 'workspace 0'],
    ['not another workspace', { workspaceId: 'w' }, null, { workspaces: ['0'] }, null],
    ['its age', { createdAt: at(hour - 1) }, null, { minAgeMs: hour }, 'younger than 1h'],
    ['not the age that it has reached', { createdAt: at(hour) }, null, { minAgeMs: hour }, null],
    ['an unknown age', { createdAt: '' }, null, {}, 'its creation time is unknown'],
    ['its protection before others', { isProtected: true }, null, { names: ['*'] }, 'maops:keep'],
  ])('%s', (_title, change, environment, protect, rule) => {
    expect(protectingRule(item(change), environment, rulesOf(protect), now)).toBe(rule);
  });

  test('still keeps it when more is protected', () => {
    const names = fc.array(fc.constantFrom('team-*', 'x', '*-a', 'other'));
    const anyProtect = fc.record({
      names,
      labels: fc.constantFrom({}, { env: 'prod' }),
      workspaces: fc.constantFrom([], ['0']),
      minAgeMs: fc.nat(100 * hour),
    });
    fc.assert(
      fc.property(anyProtect, names, fc.nat(100 * hour), (protect, more, ageMs) => {
        const one = item({ createdAt: at(ageMs) });
        if (protectingRule(one, null, rulesOf(protect), now) === null) return;
        const wider = { ...protect, names: [...protect.names, ...more], minAgeMs: protect.minAgeMs + hour };
        expect(protectingRule(one, null, rulesOf(wider), now)).not.toBeNull();
      }),
    );
  });
});

test.each([
  [at(hour), hour],
  [at(-hour), 0],
  ['', null],
  ['soon', null],
])('the age of a resource created at %j is %s', (createdAt, age) => {
  expect(ageOf({ createdAt }, now)).toBe(age);
});

describe('a pattern', () => {
  test.each([
    ['team-a', 'team-a', true],
    ['team-a', 'team-ab', false],
    ['*', '', true],
    ['*', 'x', true],
    ['team-*', 'team-', true],
    ['team-*', 'steam-a', false],
    ['*-a', 'team-a', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c', false],
    ['a*bc*c', 'abc', false],
    ['*ab*ab*', 'ab', false],
    ['*ab*ab*', 'abab', true],
    ['a*a*', 'a', false],
    ['a.c', 'abc', false],
  ])('%j matches %j: %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  test('matches what a regular expression matches', () => {
    const short = (...letters: string[]) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });
    fc.assert(
      fc.property(short('a', 'b', '*'), short('a', 'b'), (pattern, name) => {
        expect(matches(pattern, name)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name));
      }),
    );
  });
});
