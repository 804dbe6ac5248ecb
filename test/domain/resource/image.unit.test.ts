import { describe, expect, test } from '@jest/globals';
import { chooseImage, type ImageFacts, imageNameOf, isImageId } from '../../../src/domain/resource/image.js';

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
