import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { kindsOfCredentials, missingNetwork, runMainJob, secrets } from '../support/canary-run.js';
import { freshNamespace } from '../support/fresh-namespace.js';
import { endLeaked, maops } from '../support/maops.js';
import { temporalAddress } from '../support/temporal-server.js';

jest.setTimeout(120_000);
afterEach(async () => expect(await endLeaked()).toEqual([]));

/** Which of the forbidden texts a text contains, in the forms in which they travel. */
function found(text: string, forbidden: readonly string[]): string[] {
  const forms = forbidden.flatMap((word) => [word, Buffer.from(word).toString('base64').replace(/=+$/, '')]);
  const words = forms.filter((word) => word !== '' && text.includes(word));
  const headers = /SDK-HMAC-SHA256 |(x-auth-token|x-security-token|signature)["']?\s*[:=]\s*(?!\[secret\])\S.{0,20}/gi;
  return [...words, ...(text.match(headers) ?? [])];
}

/** The texts that are not there; a list, because a failed search in a whole history would print it all. */
function absent(text: string, wanted: readonly string[]): string[] {
  return wanted.filter((word) => !text.includes(word));
}

describe.each(kindsOfCredentials)('with credentials of the kind %s', (auth) => {
  test('no secret is in a history, a heartbeat, a log or anything printed', async () => {
    const { name, printed, kept, issued } = await runMainJob({
      auth,
      description: 'for the audit',
      isShort: auth !== 'token',
    });
    const forbidden = [...Object.values(secrets), ...issued];
    expect(found(kept, forbidden)).toEqual([]);
    expect(found(printed, forbidden)).toEqual([]);
    // The search works: the surrounding text is found.
    expect(absent(kept, ['overloaded: X-Auth-Token:[secret]', 'no image', missingNetwork])).toEqual([]);
    expect(absent(printed, [name, '"level":"debug"'])).toEqual([]);
    expect(issued.filter((token) => token !== '')).toHaveLength(issued.length);
    expect(issued.length).toBeGreaterThan(auth === 'password' ? 1 : 0);
  });
});

describe('with encryption keys', () => {
  const newKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
  const may = newKey('may');
  const june = newKey('june');
  const description = 'okapi research, floor nine';

  test('no content can be read from Temporal without the keys', async () => {
    // Encrypted runs stay out of the shared namespace, where tests without keys list all runs.
    const namespace = await freshNamespace(temporalAddress().address, 'encrypted');
    const { name, env, printed, kept } = await runMainJob({ auth: 'token', description, namespace, codecKeys: may });
    const contents = [
      description,
      'no image',
      'overloaded',
      'the image is back',
      'the audit is over',
      missingNetwork,
      'gpu.t4u8',
    ];
    expect(contents.filter((text) => kept.includes(text))).toEqual([]);
    expect(absent(kept, ['binary/encrypted', 'Encoded failure'])).toEqual([]);
    // Ids, search attributes and failure types stay readable: Temporal works with them.
    expect(absent(kept, [`env/${name}`, '"AwaitingOperator"', 'ServiceUnavailable'])).toEqual([]);

    // With the keys, the command line prints everything except the keys.
    expect(absent(printed, ['no image', 'overloaded', 'the image is back'])).toEqual([]);
    expect(found(printed + kept, [may.slice('may:'.length)])).toEqual([]);

    const look = async (args: readonly string[], codecKeys: string) => {
      const command = maops(args, { ...env, MAOPS_CODEC_KEYS: codecKeys });
      return { code: await command.ended, stdout: command.stdout(), stderr: command.stderr() };
    };
    const rotated = await look(['env', 'show', `env/${name}`, '--json'], `${june},${may}`);
    expect(JSON.parse(rotated.stdout)).toMatchObject({ phase: 'Ready' });
    for (const args of [
      ['env', 'show', name],
      ['env', 'history', name],
      ['env', 'why', name],
      ['env', 'list', '--details'],
    ]) {
      const { code, stderr, stdout } = await look(args, '');
      expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: '' });
      expect(stderr).toContain('a payload is encrypted with key may, but MAOPS_CODEC_KEYS is not set here');
      expect(stderr).toContain('Set MAOPS_CODEC_KEYS');
      expect(stderr).not.toContain('--debug');
    }
    expect((await look(['env', 'show', name], june)).stderr).toContain('MAOPS_CODEC_KEYS only has june');
  });
});
