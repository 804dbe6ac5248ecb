import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { flush } from '../../src/worker/flush.js';

/** A stream whose reader takes one chunk per call of `take`. */
function slowStream() {
  const waiting: ((error?: Error) => void)[] = [];
  const taken: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      if (chunk !== '') taken.push(chunk);
      waiting.push(done);
    },
  });
  return { stream, taken, take: (error?: Error) => waiting.shift()?.(error) };
}

test('a flush ends when the slowest reader has read everything, including later writes', async () => {
  const [fast, slow] = [slowStream(), slowStream()];
  slow.stream.write('a');
  slow.stream.write('b');
  let isFlushed = false;
  const flushed = flush(fast.stream, slow.stream).then(() => {
    isFlushed = true;
  });
  fast.take();
  slow.take();
  await new Promise(setImmediate);
  expect(isFlushed).toBe(false);
  slow.take();
  slow.stream.write('c');
  for (let turn = 0; turn < 10; turn += 1) {
    fast.take();
    slow.take();
    await new Promise(setImmediate);
  }
  await flushed;
  expect(slow.taken).toEqual(['a', 'b', 'c']);
});

test('a flush ends when the reader closes the pipe', async () => {
  const { stream, take } = slowStream();
  stream.on('error', () => undefined);
  stream.write('a');
  stream.write('b');
  const flushed = flush(stream);
  take(new Error('EPIPE'));
  await flushed;
  await flush(stream);
});

test('a flush ends when a stream forgets its error, as standard output does on a full disk', async () => {
  let writes = 0;
  const forgetful = {
    writableLength: 5,
    errored: null,
    write: (_chunk: string, done: (error?: Error | null) => void) => {
      writes += 1;
      if (writes > 3) throw new Error('It writes without end.');
      done(new Error('ENOSPC'));
    },
  };
  await flush(forgetful);
  expect(writes).toBe(1);
});
