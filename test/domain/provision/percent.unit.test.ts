import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Piece, percentOf } from '../../../src/domain/provision/percent.js';

const pieces: readonly Piece[] = ['validate', 'capacity', 'createPool', 'awaitPool', 'createNotebook', 'awaitNotebook'];

test.each<[Piece, number, number]>([
  ['validate', 0, 0],
  ['awaitPool', 0, 10],
  ['awaitPool', 0.5, 42],
  ['awaitPool', 2, 75],
  ['awaitPool', -1, 10],
  ['awaitNotebook', 1, 99],
  ['ready', 0, 100],
])('%s with a share of %s is %s percent', (piece, share, percent) => {
  expect(percentOf(piece, share)).toBe(percent);
});

test('a later piece or a larger share is never less', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.nat(5), fc.nat(5), share, share, (a, b, one, other) => {
      const [first, second] = [Math.min(a, b), Math.max(a, b)].map((index) => pieces[index] ?? 'ready');
      const [small, large] = [Math.min(one, other), Math.max(one, other)];
      expect(percentOf(first ?? 'ready', small)).toBeLessThanOrEqual(percentOf(second ?? 'ready', large));
      expect(percentOf(second ?? 'ready', large)).toBeLessThan(100);
    }),
  );
});
