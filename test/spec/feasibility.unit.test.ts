import { describe, expect, test } from '@jest/globals';
import { checkFeasibility, noFacts, type SpecFacts } from '../../src/spec/feasibility.js';
import { problemsWith, specWith } from './documents.js';

const gpu = 'modelarts.vm.gpu.t4u8';
const cpu = 'modelarts.vm.cpu.8ud';
const there = { isThere: true, isLeaving: false, scopes: ['Train', 'Notebook'], flavors: [gpu] };

type Case = readonly [why: string, settings: Record<string, unknown>, facts: Partial<SpecFacts>, paths: string[]];

const main: readonly Case[] = [
  ['everything fits', {}, { poolFlavors: [gpu] }, []],
  ['the pool takes no notebooks', { 'pool.scope': ['Train'] }, {}, ['pool.scope']],
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
  ['names do not tell the hardware', { 'pool.flavor': 'special' }, {}, []],
  ['the project has no such flavor', {}, { poolFlavors: [cpu] }, ['pool.flavors']],
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
  ['there is no such pool', {}, { notebookPool: { ...there, isThere: false } }, ['notebook.pool.id']],
  ['the pool is being deleted', {}, { notebookPool: { ...there, isLeaving: true } }, ['notebook.pool.id']],
  ['the pool takes no notebooks', {}, { notebookPool: { ...there, scopes: ['Train'] } }, ['notebook.pool.id']],
  ['the pool has no GPU', {}, { notebookPool: { ...there, flavors: [cpu] } }, ['notebook.flavor']],
  ['the pool could not be read', {}, { notebookPool: null }, []],
  ['the pool does not tell its scope', {}, { notebookPool: { ...there, scopes: [] } }, []],
];

describe('what can be known before anything is paid for', () => {
  test.each(main)('of a pool and a notebook, when %s', (_, settings, facts, paths) => {
    const { problems } = checkFeasibility(specWith(settings), { ...noFacts, ...facts });
    expect(problems.map(({ path }) => path)).toEqual(paths);
  });

  test.each(alone)('of a notebook on a pool that exists, when %s', (_, settings, facts, paths) => {
    const spec = specWith({ 'notebook.pool': { id: 'team-p' }, ...settings }, 'launchNotebook');
    const { problems } = checkFeasibility(spec, { ...noFacts, ...facts });
    expect(problems.map(({ path }) => path)).toEqual(paths);
  });
});

describe('what cannot be known', () => {
  const open = (settings: Record<string, unknown>, facts: Partial<SpecFacts> = {}) =>
    checkFeasibility(specWith(settings), { ...noFacts, ...facts }).notChecked;

  test('is listed with what is known: an invented profile and an unknown flavor', () => {
    const settings = { 'notebook.profileId': 'Invented-gpu', 'notebook.flavor': 'modelarts.vm.gpu.new' };
    const listed = open(settings, { usedProfiles: ['Mine-gpu'], usedFlavors: ['modelarts.vm.gpu.mine'] });
    expect(listed).toEqual([
      {
        field: 'notebook.profileId',
        value: 'Invented-gpu',
        why: 'not checked: a wrong profile is found only after the pool exists and costs money',
        known: expect.arrayContaining(['Multi-Engine 1.0 (python3)-gpu', 'Mine-gpu']),
      },
      {
        field: 'notebook.flavor',
        value: 'modelarts.vm.gpu.new',
        why: 'not checked: a wrong flavor is found only after the pool exists and costs money',
        known: expect.arrayContaining(['modelarts.vm.gpu.p100', 'modelarts.vm.gpu.mine']),
      },
    ]);
  });

  test('is nothing for what the pages name, and for what notebooks of the project use', () => {
    expect(open({})).toEqual([]);
    expect(open({ 'notebook.profileId': 'Mine-gpu' }, { usedProfiles: ['Mine-gpu'] })).toEqual([]);
  });

  test('names a choice that the project does not list, and a pool that could not be read', () => {
    expect(open({ 'pool.flavor': null, 'pool.flavors': [gpu, 'x'] }, { poolFlavors: [gpu] })).toMatchObject([
      { field: 'pool.flavors.1', value: 'x', known: [gpu] },
    ]);
    const spec = specWith({ 'notebook.pool': { id: 'team-p' } }, 'launchNotebook');
    expect(checkFeasibility(spec, noFacts).notChecked).toMatchObject([{ field: 'notebook.pool.id', value: 'team-p' }]);
  });
});

test('a newer profile on a free flavor is refused by the spec alone', () => {
  const settings = {
    'notebook.profileId': 'Multi-Engine 2.0 (python3)',
    'notebook.flavor': 'modelarts.vm.gpu.free',
  };
  expect(problemsWith(settings)).toEqual([expect.stringContaining('notebook.flavor: ')]);
});
