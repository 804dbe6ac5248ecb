import { expect, test } from '@jest/globals';
import { Snapshots } from '../../src/activities/snapshots.js';

test('a failed reading is dropped, but not the newer one that took its place', async () => {
  const snapshots = new Snapshots<string>(() => 0);
  let fail: (error: Error) => void = () => undefined;
  const older = snapshots.renew('audit/x', () => new Promise((_resolve, reject) => (fail = reject)));
  expect(await snapshots.renew('audit/x', async () => 'newer')).toBe('newer');
  fail(new Error('lost'));
  await expect(older).rejects.toThrow('lost');
  expect(await snapshots.kept('audit/x', async () => 'read again')).toBe('newer');
  await expect(snapshots.renew('audit/x', async () => await Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  expect(await snapshots.kept('audit/x', async () => 'read again')).toBe('read again');
});
