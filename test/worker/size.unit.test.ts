import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { usableCores } from '../../src/worker/machine.js';
import { type SizeSettings, workerSize } from '../../src/worker/size.js';

const megabyte = 1024 * 1024;
const byMachine: SizeSettings = {
  workflowThreads: null,
  workflowSlots: null,
  cachedWorkflows: null,
  stickyTimeoutMs: null,
};
const heap = 4_096 * megabyte;

describe('the number of cached workflows', () => {
  const cached = (limits: { heap: number; container?: number }) =>
    workerSize({ cores: 2, ...limits }, byMachine).cachedWorkflows;

  test('depends on the heap without a container', () => {
    expect(cached({ heap: 600 * megabyte })).toBe(1_000);
    expect(cached({ heap: 600 * megabyte, container: 0 })).toBe(1_000);
  });

  test('depends on the container when the heap limit is larger', () => {
    expect(cached({ heap, container: 800 * megabyte })).toBe(1_000);
  });

  test('has a lower and an upper limit', () => {
    expect(cached({ heap: megabyte })).toBe(50);
    expect(cached({ heap: 1_000_000 * megabyte, container: 2 ** 63 })).toBe(5_000);
  });
});

describe('workflow tasks at a time', () => {
  test.each([
    [0.25, 1, 6, 3],
    [1, 1, 6, 3],
    [2, 1, 6, 3],
    [4, 2, 12, 6],
    [7.5, 3, 18, 9],
    [64, 8, 48, 24],
  ])('%d cores have %i threads, %i slots and %i pollers', (cores, workflowThreads, workflowSlots, workflowPollers) => {
    expect(workerSize({ cores, heap }, byMachine)).toMatchObject({ workflowThreads, workflowSlots, workflowPollers });
  });

  test('the configuration wins over the machine', () => {
    const settings = { workflowThreads: 3, workflowSlots: 10, cachedWorkflows: 20, stickyTimeoutMs: 7_000 };
    expect(workerSize({ cores: 64, heap }, settings)).toEqual({ ...settings, workflowPollers: 5 });
  });

  test('every size is one that the SDK accepts', () => {
    const orNull = (least: number) => fc.option(fc.integer({ min: least, max: 1_000 }));
    const settings = fc.record({
      workflowThreads: orNull(1),
      workflowSlots: orNull(2),
      cachedWorkflows: orNull(2),
      stickyTimeoutMs: orNull(1),
    });
    const machine = fc.record({ cores: fc.double({ min: 0.01, max: 512, noNaN: true }), heap: fc.nat() });
    fc.assert(
      fc.property(machine, settings, (of, given) => {
        const size = workerSize(of, given);
        expect(size.workflowThreads).toBeGreaterThanOrEqual(1);
        expect(size.workflowSlots).toBeGreaterThanOrEqual(2);
        expect(size.workflowSlots).toBeLessThanOrEqual(size.cachedWorkflows);
        expect(size.workflowPollers).toBeGreaterThanOrEqual(2);
        expect(size.workflowPollers).toBeLessThanOrEqual(size.workflowSlots);
      }),
    );
  });
});

describe('the cores of a container', () => {
  const files = (of: Record<string, string>) => (path: string) => of[path] ?? null;
  const current = '/sys/fs/cgroup/cpu.max';
  const older = (quota: string) => ({
    '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': quota,
    '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  });

  test.each([
    ['no control group', {}, 8],
    ['no quota', { [current]: 'max 100000\n' }, 8],
    ['half a core', { [current]: '50000 100000\n' }, 0.5],
    ['more than the machine has', { [current]: '1600000 100000\n' }, 8],
    ['an empty file', { [current]: '' }, 8],
    ['version 1 without a quota', older('-1\n'), 8],
    ['version 1 with a quota', older('250000\n'), 2.5],
  ])('%s', (_, of, cores) => {
    expect(usableCores(8, files(of))).toBe(cores);
  });
});
