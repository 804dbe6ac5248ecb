import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatMarker,
  isMarkedBy,
  isProtected,
  type Marker,
  type MarkerOwnership,
  markedDescription,
  markerOwnershipOf,
  parseMarker,
  withProtection,
} from '../../../src/domain/resource/marker.js';

const ours: Marker = { installation: 'aaaaaa', owner: '11111111', spec: '22222222' };
const us: MarkerOwnership = { installation: 'aaaaaa', owner: '11111111', specs: ['33333333', '22222222'] };

describe('a marker', () => {
  test.each<[string, Marker | null | 'unread', readonly string[] | undefined, boolean]>([
    ['of this installation', ours, undefined, true],
    ['of this owner', ours, ['44444444', '11111111'], true],
    ['of another owner', ours, ['44444444'], false],
    ['of no owner', ours, [], false],
    ['of another installation', { ...ours, installation: 'bbbbbb' }, undefined, false],
    ['of another installation with the same owner', { ...ours, installation: 'bbbbbb' }, ['11111111'], false],
    ['that is missing', null, undefined, false],
    ['that could not be read', 'unread', undefined, false],
  ])('%s', (_title, marker, owners, expected) => {
    expect(isMarkedBy(marker, 'aaaaaa', owners)).toBe(expected);
  });

  test.each<[Marker | null, string]>([
    [ours, 'mine'],
    [{ ...ours, spec: '33333333' }, 'mine'],
    [{ ...ours, spec: '99999999' }, 'otherSpec'],
    [{ ...ours, owner: '44444444' }, 'otherOwner'],
    [{ ...ours, owner: '44444444', spec: '99999999' }, 'otherOwner'],
    [{ ...ours, installation: 'bbbbbb' }, 'foreign'],
    [null, 'foreign'],
  ])('%j is %s', (marker, ownership) => {
    expect(markerOwnershipOf(marker, us)).toBe(ownership);
  });
});

describe('protection', () => {
  const marker = formatMarker(ours);
  test.each([
    ['', 'maops:keep'],
    ['words', 'words maops:keep'],
    [marker, `${marker} maops:keep`],
    [`words ${marker} maops:keep`, `words ${marker} maops:keep`],
    [`maops:keep ${marker}`, `${marker} maops:keep`],
  ])('of %j', (description, written) => {
    expect(withProtection(description, true)).toBe(written);
  });

  test('is added once, is removed completely, and never changes the marker', () => {
    const anyText = fc.string({ maxLength: 20 }).map((words) => words.replaceAll('maops', ''));
    fc.assert(
      fc.property(anyText, fc.boolean(), (words, isKept) => {
        const description = withProtection(markedDescription(words, ours), isKept);
        const [on, off] = [withProtection(description, true), withProtection(description, false)];
        expect([isProtected(on), isProtected(off)]).toEqual([true, false]);
        expect([withProtection(on, true), withProtection(on, false)]).toEqual([on, off]);
        expect([parseMarker(on), parseMarker(off)]).toEqual([ours, ours]);
      }),
    );
  });
});
