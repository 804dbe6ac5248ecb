import { expect, test } from '@jest/globals';
import { goalOf, type PoolNodeSpec, poolChoices } from '../../../src/domain/provision/pool-choices.js';

const base: PoolNodeSpec = { type: 'Dedicate', scope: ['Train'] };
const resources = [
  { flavor: 'a', count: 2 },
  { flavor: 'b', count: 1, azs: [{ az: 'z', count: 1 }] },
];

test.each<[string, Partial<PoolNodeSpec>, object]>([
  [
    'one for each flavor, in order',
    { flavors: ['b', 'a'], count: 3 },
    [{ resources: [{ flavor: 'b', count: 3 }] }, { resources: [{ flavor: 'a', count: 3 }] }],
  ],
  ['one node without a count', { flavors: ['a'] }, [{ resources: [{ flavor: 'a', count: 1 }] }]],
  ['the given resources', { resources }, [{ resources }]],
  ['the given resources before flavors', { resources, flavors: ['c'] }, [{ resources }]],
  ['none', {}, []],
])('the choices of a pool: %s', (_title, change, choices) => {
  expect(poolChoices({ ...base, ...change })).toEqual(choices);
});

test.each<[string, Partial<PoolNodeSpec>, { flavor: string; count: number }[], object]>([
  ['its nodes and scopes', {}, resources, { nodes: { a: 2, b: 1 }, scopes: ['Train'], driver: false }],
  [
    'one flavor in two groups',
    {},
    [
      { flavor: 'a', count: 2 },
      { flavor: 'a', count: 3 },
    ],
    { nodes: { a: 5 } },
  ],
  ['a GPU driver', { driver: { gpuVersion: '1' } }, [], { driver: true }],
  ['an NPU driver', { driver: { npuVersion: '1' } }, [], { driver: true }],
  ['a driver without a version', { driver: {} }, [], { driver: false }],
])('a pool is usable with %s', (_title, change, given, goal) => {
  expect(goalOf({ ...base, ...change }, { resources: given })).toMatchObject(goal);
});
