import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { failureReason } from '../../../src/domain/resource/failed-order.js';
import { countCharacters } from '../../../src/domain/text.js';

describe('the reason of a failed creation', () => {
  test.each([
    [null, null, null],
    ['', null, null],
    ['no capacity', null, 'no capacity'],
    [null, { failReason: 'no capacity', nodeMessages: ['no capacity', 'no capacity'] }, 'no capacity'],
    ['creation failed: no capacity', { failReason: 'no capacity', nodeMessages: [] }, 'creation failed: no capacity'],
    ['failed', { failReason: null, nodeMessages: ['one', 'two', 'two'] }, 'failed; 2 nodes: two; 1 node: one'],
    [
      null,
      { failReason: 'r', nodeMessages: [1, 2, 3, 4, 5, 6, 7].map((n) => `m${n}`) },
      expect.stringMatching(/and 2 other reasons$/),
    ],
  ])('of message %j and order %j is %j', (message, order, expected) => {
    expect(failureReason(message, order)).toEqual(expected);
  });

  test('fits into a history, and contains every reason while it is short', () => {
    const texts = fc.array(fc.string({ maxLength: 3_000 }), { maxLength: 20 });
    fc.assert(
      fc.property(
        fc.option(fc.string({ maxLength: 3_000 })),
        fc.option(fc.string()),
        texts,
        (message, failReason, nodes) => {
          const reason = failureReason(message, { failReason, nodeMessages: nodes });
          expect(countCharacters(reason ?? '')).toBeLessThanOrEqual(2_000);
          if (countCharacters(reason ?? '') < 2_000) expect(reason ?? '').toContain(failReason ?? '');
        },
      ),
    );
  });
});
