import { describe, expect, test } from '@jest/globals';
import {
  chooseImage,
  type ImageFacts,
  imageNameOf,
  isImageId,
  recentImage,
} from '../../../src/domain/resource/image.js';

const ids = ['0', '1', '2'].map((digit) => `${digit}abcdef0-0000-4000-8000-000000000000`);
const [first = '', second = '', third = ''] = ids;
const image = (id: string, name: string | null, tag: string | null): ImageFacts => ({
  id,
  name,
  tag,
  status: null,
  services: [],
});
const images = [image(first, 'pytorch', '1.0'), image(second, 'pytorch', '2.0'), image(third, 'mindspore', null)];

describe('the image of a spec', () => {
  test.each<[string, string | null]>([
    [first, first],
    ['pytorch:1.0', first],
    ['pytorch:2.0', second],
    ['mindspore', third],
    // Two images have this name.
    ['pytorch', null],
    ['pytorch:3.0', null],
    ['mindspore:null', null],
    ['mindspore:', null],
    ['PyTorch:1.0', null],
    ['', null],
  ])('%j: %s', (written, id) => {
    const chosen = chooseImage(images, written);
    expect(typeof chosen === 'string' ? null : chosen.id).toBe(id);
  });

  test('is refused with the ids of at most ten candidates', () => {
    const many = Array.from({ length: 12 }, (_, index) => image(`id-${index}`, 'same', String(index)));
    const chosen = chooseImage(many, 'same');
    expect(typeof chosen === 'string' ? chosen.match(/id-\d+/g)?.length : chosen).toBe(10);
  });

  test.each([
    [first, true],
    [first.toUpperCase(), true],
    [`${first}0`, false],
    [` ${first}`, false],
    ['pytorch', false],
  ])('%j is an id: %s', (written, isId) => {
    expect(isImageId(written)).toBe(isId);
  });

  test.each([
    ['pytorch:1.0', 'pytorch'],
    ['pytorch', 'pytorch'],
    ['', ''],
  ])('the name of %j is %j', (written, name) => {
    expect(imageNameOf(written)).toBe(name);
  });
});

test.each([
  ['soon after', 'pytorch:1.0', 60_000, first],
  ['an hour after', 'pytorch:1.0', 3_600_000, first],
  ['later', 'pytorch:1.0', 3_600_001, null],
  ['for another image', 'pytorch:2.0', 60_000, null],
])('a found image is used %s', (_title, written, at, id) => {
  expect(recentImage({ written: 'pytorch:1.0', id: first, since: 0 }, written, at)).toBe(id);
  expect(recentImage(null, written, at)).toBeNull();
});
