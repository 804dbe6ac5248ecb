import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createLogger, temporalLogger } from '../../src/worker/logging.js';

function captured(format: 'json' | 'pretty' | null, level = 'info') {
  const destination = new PassThrough();
  const logger = createLogger({ format, level, destination });
  return { logger, text: () => String(destination.read() ?? '') };
}

describe('the log', () => {
  test('is JSON lines when it is not on a terminal', () => {
    const { logger, text } = captured(null);
    logger.info({ pool: 'team-a' }, 'created');
    expect(JSON.parse(text())).toMatchObject({
      level: 'info',
      pool: 'team-a',
      msg: 'created',
      time: expect.stringMatching(/Z$/),
    });
  });

  test('is pretty when configured', () => {
    const { logger, text } = captured('pretty');
    logger.warn('careful');
    expect(text()).toMatch(/WARN.*careful/);
  });

  test('escapes control characters in messages and fields', () => {
    const foreign = { answer: '\u001b[2J\u009b1m' };
    const pretty = captured('pretty');
    pretty.logger.warn(foreign, 'refused: \u001b]0;x\u0007\u202e');
    const shown = pretty.text();
    expect(shown).toContain('refused: ␛]0;x␇\\u202e');
    expect(shown).not.toContain('\u001b');
    expect(shown).not.toContain('\u009b');
    const json = captured('json');
    json.logger.warn(foreign, '\u202e');
    const line = json.text();
    expect(line).not.toMatch(/[\u009b\u202e]/);
    expect(JSON.parse(line)).toMatchObject({ ...foreign, msg: '\u202e' });
  });

  test('writes messages of the SDK with their fields and level', () => {
    const { logger, text } = captured('json');
    const sdk = temporalLogger(logger);
    sdk.debug('below the level');
    sdk.warn('activity failed', { activityId: '7', taskToken: 'long' });
    expect(JSON.parse(text())).toMatchObject({ level: 'warn', msg: 'activity failed', activityId: '7' });
  });

  test('writes name and message of an error, without its request', () => {
    const { logger, text } = captured('json');
    const error = Object.assign(new Error('reset'), { config: { headers: { 'X-Auth-Token': 'tok-secret' } } });
    temporalLogger(logger).error('activity failed', { error });
    const line = text();
    expect(line).toContain('Error: reset');
    expect(line).not.toContain('tok-secret');
  });

  test('does not warn that the worker of the waits queue has no workflows', () => {
    const { logger, text } = captured('json', 'info');
    const sdk = temporalLogger(logger);
    sdk.warn('No workflows registered, not polling for workflow tasks');
    expect(text()).toBe('');
    sdk.warn('anything else');
    expect(JSON.parse(text())).toMatchObject({ level: 'warn', msg: 'anything else' });
  });
});
