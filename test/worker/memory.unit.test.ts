import { describe, expect, test } from '@jest/globals';
import { cachedWorkflows } from '../../src/worker/memory.js';

const megabyte = 1024 * 1024;

describe('how many workflows a worker keeps in memory', () => {
  test('follows the heap when there is no container', () => {
    expect(cachedWorkflows({ heap: 600 * megabyte })).toBe(1_000);
    expect(cachedWorkflows({ heap: 600 * megabyte, container: 0 })).toBe(1_000);
  });

  test('follows the container when the heap would be larger than it', () => {
    expect(cachedWorkflows({ heap: 4_096 * megabyte, container: 800 * megabyte })).toBe(1_000);
  });

  test('is never so few that replays eat the worker, nor so many that a collection stops it', () => {
    expect(cachedWorkflows({ heap: megabyte })).toBe(50);
    expect(cachedWorkflows({ heap: 1_000_000 * megabyte, container: 2 ** 63 })).toBe(5_000);
  });
});
