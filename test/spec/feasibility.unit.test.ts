import { describe, expect, test } from '@jest/globals';
import { noFacts, type SpecFacts } from '../../src/spec/facts.js';
import { checkFeasibility } from '../../src/spec/feasibility.js';
import { pathsWith, specWith } from './documents.js';

const gpu = 'modelarts.vm.gpu.t4u8';
const cpu = 'modelarts.vm.cpu.8ud';
const there = { isThere: true, isLeaving: false, scopes: ['Train', 'Notebook'], flavors: [gpu] };

type Case = readonly [why: string, settings: Record<string, unknown>, facts: Partial<SpecFacts>, paths: string[]];

const main: readonly Case[] = [
  ['everything fits', {}, { poolFlavors: [gpu] }, []],
  ['the pool does not accept notebooks', { 'pool.scope': ['Train'] }, {}, ['pool.scope']],
  [
    'the pool is a logical one',
    { 'pool.type': 'Logical', 'pool.network': null, 'pool.scope': ['Train'] },
    {},
    ['pool.scope'],
  ],
  ['the pool has no GPU', { 'pool.flavor': cpu }, {}, ['notebook.flavor']],
  ['one choice of the pool has no GPU', { 'pool.flavor': null, 'pool.flavors': [gpu, cpu] }, {}, ['notebook.flavor']],
  ['the notebook needs no accelerator', { 'notebook.profileId': 'Python3', 'notebook.flavor': cpu }, {}, []],
  [
    'one of several node flavors has a GPU',
    {
      'pool.flavor': null,
      'pool.count': null,
      'pool.resources': [
        { flavor: gpu, count: 1 },
        { flavor: cpu, count: 1 },
      ],
    },
    {},
    [],
  ],
  [
    'an Ascend profile is on a GPU',
    { 'notebook.profileId': 'Ascend-Power-Engine 1.0(python3)' },
    {},
    ['notebook.profileId'],
  ],
  ['a GPU profile is on an Ascend flavor', { 'notebook.flavor': 'modelarts.kat1.xlarge' }, {}, ['notebook.profileId']],
  ['the hardware is not in the names', { 'pool.flavor': 'special' }, {}, []],
  ['the project lacks the flavor', {}, { poolFlavors: [cpu] }, ['pool.flavors']],
  [
    'the project has one of two flavors',
    { 'pool.flavor': null, 'pool.flavors': [gpu, 'x'] },
    { poolFlavors: [gpu] },
    [],
  ],
  ['the flavors could not be read', {}, { poolFlavors: null }, []],
];

const alone: readonly Case[] = [
  ['the pool fits', {}, { notebookPool: there }, []],
  ['the pool does not exist', {}, { notebookPool: { ...there, isThere: false } }, ['notebook.pool.id']],
  ['the pool is being deleted', {}, { notebookPool: { ...there, isLeaving: true } }, ['notebook.pool.id']],
  ['the pool does not accept notebooks', {}, { notebookPool: { ...there, scopes: ['Train'] } }, ['notebook.pool.id']],
  ['the pool has no GPU', {}, { notebookPool: { ...there, flavors: [cpu] } }, ['notebook.flavor']],
  ['the pool could not be read', {}, { notebookPool: null }, []],
  ['the scope of the pool is unknown', {}, { notebookPool: { ...there, scopes: [] } }, []],
];

describe('the check of a spec against the project', () => {
  test.each(main)('of a pool and a notebook: %s', (_, settings, facts, paths) => {
    const { problems } = checkFeasibility(specWith(settings), { ...noFacts, ...facts });
    expect(problems.map(({ path }) => path)).toEqual(paths);
  });

  test.each(alone)('of a notebook on an existing pool: %s', (_, settings, facts, paths) => {
    const spec = specWith({ 'notebook.pool': { id: 'team-p' }, ...settings }, 'launchNotebook');
    const { problems } = checkFeasibility(spec, { ...noFacts, ...facts });
    expect(problems.map(({ path }) => path)).toEqual(paths);
  });
});

describe('values that cannot be checked', () => {
  const open = (settings: Record<string, unknown>, facts: Partial<SpecFacts> = {}) =>
    checkFeasibility(specWith(settings), { ...noFacts, ...facts }).notChecked;

  test('are listed with the known values: an invented profile and an unknown flavor', () => {
    const settings = { 'notebook.profileId': 'Invented-gpu', 'notebook.flavor': 'modelarts.vm.gpu.new' };
    const listed = open(settings, { usedProfiles: ['Mine-gpu'], usedFlavors: ['modelarts.vm.gpu.mine'] });
    expect(listed).toEqual([
      {
        field: 'notebook.profileId',
        value: 'Invented-gpu',
        why: expect.stringContaining('profile'),
        known: expect.arrayContaining(['Multi-Engine 1.0 (python3)-gpu', 'Mine-gpu']),
      },
      {
        field: 'notebook.flavor',
        value: 'modelarts.vm.gpu.new',
        why: expect.stringContaining('flavor'),
        known: expect.arrayContaining(['modelarts.vm.gpu.p100', 'modelarts.vm.gpu.mine']),
      },
    ]);
  });

  test('do not include documented values and values of existing notebooks', () => {
    expect(open({})).toEqual([]);
    expect(open({ 'notebook.profileId': 'Mine-gpu' }, { usedProfiles: ['Mine-gpu'] })).toEqual([]);
  });

  test('include a choice that the project does not list, and a pool that could not be read', () => {
    expect(open({ 'pool.flavor': null, 'pool.flavors': [gpu, 'x'] }, { poolFlavors: [gpu] })).toMatchObject([
      { field: 'pool.flavors.1', value: 'x', known: [gpu] },
    ]);
    const spec = specWith({ 'notebook.pool': { id: 'team-p' } }, 'launchNotebook');
    expect(checkFeasibility(spec, noFacts).notChecked).toMatchObject([{ field: 'notebook.pool.id', value: 'team-p' }]);
  });
});

test('checkSpec refuses a newer profile on a free flavor', () => {
  const settings = {
    'notebook.profileId': 'Multi-Engine 2.0 (python3)',
    'notebook.flavor': 'modelarts.vm.gpu.free',
  };
  expect(pathsWith(settings)).toEqual(['notebook.flavor']);
});
