import { expect, test } from '@jest/globals';
import { flavorRow } from '../../src/inventory/flavor-facts.js';
import { flavorListSchema } from '../../src/modelarts/schemas/flavor.js';

/** The accelerator of a flavor with this `gpu` or `npu` member. */
function acceleratorOf(spec: object): string | null | undefined {
  return flavorListSchema.parse({ items: [{ metadata: { name: 'x' }, spec }] }).items.map(flavorRow)[0]?.accelerator;
}

test.each([
  ['cards, where the service sends them', { npu: { type: 'snt9c', size: '16', chip: '16', card: '8' } }, '8 x snt9c'],
  ['numbers as well as text', { gpu: { type: 't4', size: 4, card: 2 } }, '2 x t4'],
  ['the size of an older edition', { npu: { type: 'snt9', size: '8' } }, '8 x snt9'],
  ['one without any number', { gpu: { type: 't4' } }, '1 x t4'],
  ['none', {}, null],
])('the accelerator of a flavor counts %s', (_, spec, expected) => {
  expect(acceleratorOf(spec)).toBe(expected);
});
