import { describe, expect, test } from '@jest/globals';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import { failureConverter } from '../../src/codec/failure-converter.js';
import { failureConverter as plainConverter } from '../../src/codec/plain-failure-converter.js';

const words = 'pool team-a: sold out in every zone';
const failure = () =>
  ApplicationFailure.create({
    type: 'SoldOut',
    message: words,
    nonRetryable: true,
    cause: new Error('HTTP 400'),
  });
const write = (error: unknown) => failureConverter.errorToFailure(error, defaultPayloadConverter);

describe('the failure converter', () => {
  test('hides messages and stacks, including those of causes', () => {
    const written = write(failure());
    const open = { ...written, encodedAttributes: null, cause: { ...written.cause, encodedAttributes: null } };
    expect(JSON.stringify(open)).not.toMatch(/sold out|HTTP 400|failure-converter/);
    expect(written.applicationFailureInfo?.type).toBe('SoldOut');
    expect(written.message).toBe('Encoded failure');
  });

  test('writes what it and the default converter can read', () => {
    for (const reader of [failureConverter, defaultFailureConverter]) {
      const error = reader.failureToError(write(failure()), defaultPayloadConverter);
      expect(error).toMatchObject({ message: words, type: 'SoldOut', cause: { message: 'HTTP 400' } });
    }
  });

  test('reads failures of the default converter', () => {
    const old = defaultFailureConverter.errorToFailure(failure(), defaultPayloadConverter);
    expect(failureConverter.failureToError(old, defaultPayloadConverter).message).toBe(words);
  });

  test('keeps the message of an error that is reported twice', () => {
    const received = failureConverter.failureToError(write(failure()), defaultPayloadConverter);
    write(received);
    const again = failureConverter.failureToError(write(received), defaultPayloadConverter);
    expect(again.message).toBe(words);
  });
});

describe.each([
  ['plain', plainConverter],
  ['encoding', failureConverter],
])('the %s failure converter', (_name, converter) => {
  test.each([
    ['an application failure with a cause', failure()],
    ['any other error', new TypeError('x is undefined')],
    ['a cancellation', new CancelledFailure('cancelled', [], new Error('by a signal'))],
    ['a timeout', new TimeoutFailure('no heartbeat', undefined, TimeoutType.HEARTBEAT)],
    ['a failed activity', new ActivityFailure('failed', 'createPool', '1', 'TIMEOUT', 'worker', failure())],
  ])('writes no stack trace of %s', (_kind, error) => {
    const written = converter.errorToFailure(error, defaultPayloadConverter);
    const read = defaultFailureConverter.failureToError(written, defaultPayloadConverter);
    expect([read.stack, written.stackTrace, written.cause?.stackTrace ?? '']).toEqual(['', '', '']);
  });
});
