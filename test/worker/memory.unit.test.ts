import { describe, expect, test } from '@jest/globals';
import { cachedWorkflows } from '../../src/worker/memory.js';

const megabyte = 1024 * 1024;

describe('the number of cached workflows', () => {
  test('depends on the heap without a container', () => {
    expect(cachedWorkflows({ heap: 600 * megabyte })).toBe(1_000);
    expect(cachedWorkflows({ heap: 600 * megabyte, container: 0 })).toBe(1_000);
  });

  test('depends on the container when the heap limit is larger', () => {
    expect(cachedWorkflows({ heap: 4_096 * megabyte, container: 800 * megabyte })).toBe(1_000);
  });

  test('has a lower and an upper limit', () => {
    expect(cachedWorkflows({ heap: megabyte })).toBe(50);
    expect(cachedWorkflows({ heap: 1_000_000 * megabyte, container: 2 ** 63 })).toBe(5_000);
  });
});
