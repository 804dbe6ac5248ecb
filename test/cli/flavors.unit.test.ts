import { expect, test } from '@jest/globals';
import { Command } from 'commander';
import pc from 'picocolors';
import { commands } from '../../src/cli/commands/flavor.js';
import { renderFlavors } from '../../src/cli/output/resources.js';
import type { FlavorRow } from '../../src/inventory/flavor-facts.js';
import type { Behavior } from '../../src/simulator/behavior.js';
import { createManualClock } from '../../src/simulator/clock.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { FakeRuns } from '../client/fake-runs.js';
import { clientOf } from '../support/client-of-simulator.js';
import { fakeContext } from './fake-context.js';

const unused = () => {
  throw new Error('not in this test');
};

async function list(args: readonly string[], behavior: Partial<Behavior> = {}, faults: readonly Fault[] = []) {
  const simulator = createSimulator({ clock: createManualClock(), behavior, faults });
  const { context, terminal } = fakeContext(new FakeRuns(), { json: true });
  const command = new Command();
  const modelarts = async () => await Promise.resolve(clientOf(simulator));
  commands.list(command, async (work) => void (await work({ ...context, modelarts })), unused);
  await command.parseAsync([...args], { from: 'user' });
  const rows = JSON.parse(terminal.out()) as FlavorRow[];
  return { rows, notices: terminal.err(), called: simulator.requests().map(({ operation }) => operation) };
}

test('lists the flavors of pools and of notebooks', async () => {
  const { rows, notices } = await list([]);
  expect(rows.find(({ name }) => name === 'modelarts.vm.gpu.t4u8')).toMatchObject({ type: 'Dedicate', soldOut: null });
  expect(rows.filter(({ type }) => type === 'Notebook')).toContainEqual({
    name: 'modelarts.vm.gpu.p100',
    type: 'Notebook',
    cpu: '8',
    memory: '64Gi',
    accelerator: '1 x p100',
    sale: {},
    soldOut: false,
  });
  expect(notices).toBe('');
});

test.each([
  ['notebook', 'currentNotebooks.flavors', /vm\.cpu\.2u$/],
  ['Dedicate', 'flavors.list', /t4u8/],
])('--type %s asks for nothing else', async (type, operation, name) => {
  const { rows, called } = await list(['--type', type]);
  expect(new Set(called)).toEqual(new Set([operation]));
  expect(rows.some((row) => name.test(row.name))).toBe(true);
});

test.each<[string, Partial<Behavior>, Fault[]]>([
  ['of the historical API alone', { currentNotebookApi: false }, []],
  ['that may not list them', {}, [{ operation: 'currentNotebooks.flavors', kind: 'forbidden' }]],
])('an account %s gets the flavors of pools and a notice', async (_what, behavior, faults) => {
  const { rows, notices } = await list([], behavior, faults);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.some(({ type }) => type === 'Notebook')).toBe(false);
  expect(notices).toMatch(/notebook flavors/i);
});

test('the tables show zones for pools and one sale status for notebooks', () => {
  const row = { type: 'Dedicate', cpu: '8', memory: '32Gi', accelerator: null, sale: { az1: 'normal' }, soldOut: null };
  const notebook = { ...row, type: 'Notebook', sale: {}, soldOut: true };
  const view = { now: 0, timeZone: 'UTC', colors: pc.createColors(false) };
  const text = renderFlavors(
    [
      { ...row, name: 'a' },
      { ...notebook, name: 'b' },
    ],
    view,
  );
  expect(text.split('\n').map((line) => line.split(/\s+/))).toEqual([
    ['NAME', 'TYPE', 'CPU', 'MEMORY', 'ACCELERATOR', 'az1'],
    ['a', 'Dedicate', '8', '32Gi', '-', 'normal'],
    [''],
    ['NAME', 'TYPE', 'CPU', 'MEMORY', 'ACCELERATOR', 'SALE'],
    ['b', 'Notebook', '8', '32Gi', '-', 'soldout'],
  ]);
});
