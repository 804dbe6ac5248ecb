import { expect, test } from '@jest/globals';
import { CommandTexts } from '../chaos/command-texts.js';
import { oversized, payloadLimit } from '../support/payload-sizes.js';

const payload = (bytes: number) => ({ metadata: {}, data: new Uint8Array(bytes) });

test('the judge finds what is too large in responses, results, failures and inputs of continued runs', () => {
  const commands = (bytes: number) => [
    { updateResponse: { protocolInstanceId: 'x', completed: payload(bytes) } },
    { completeWorkflowExecution: { result: payload(bytes) } },
    { failWorkflowExecution: { failure: { message: 'x'.repeat(bytes) } } },
    { continueAsNewWorkflowExecution: { arguments: [payload(bytes / 2), payload(bytes / 2)] } },
  ];
  expect(oversized('env/a', commands(payloadLimit - 100))).toEqual([]);
  expect(oversized('env/a', commands(payloadLimit + 2))).toHaveLength(4);
});

test('operators write short, long and oversized texts, the same for the same seed', () => {
  const written = (seed: number) => {
    const words = new CommandTexts(seed);
    return Array.from({ length: 50 }, () => [words.command(), words.signal(), words.oversized(), words.key()]);
  };
  expect(written(3)).toEqual(written(3));
  const [commands, signals, oversizedOnes] = [0, 1, 2].map((at) =>
    written(3).map((one) => JSON.stringify(one[at]).length),
  );
  expect(Math.max(...(commands ?? []))).toBeGreaterThan(1_000);
  expect(Math.min(...(commands ?? []))).toBeLessThan(100);
  expect(Math.max(...(signals ?? []), ...(oversizedOnes ?? []))).toBeGreaterThan(50_000);
});
