import { z } from 'zod';
import { durationWords, parseDuration } from '../domain/duration.js';
import { Secret } from '../modelarts/secret.js';
import type { Setting } from './env.js';

/** Where a listener of this process is: metrics, health. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** A key for payloads; the first one of the list writes, all of them read. */
export interface CodecKey {
  readonly id: string;
  readonly key: Secret;
}

const codecKeyBytes = 32;
const highestPort = 65_535;

/** Turns text into a value, or says what would be right; never shows the text, which may be a misplaced secret. */
function setting<T>(parse: (text: string) => T | null, expected: string): Setting<T> {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

export const plainText: Setting<string> = z.string();
export const secretText: Setting<Secret> = z.string().transform((text) => new Secret(text));

/** What travels in a header: a blank inside is the sign of a value that was cut or pasted twice. */
export const credential = setting(
  (text) => (/^[\x21-\x7e]+$/.test(text) ? text : null),
  'is not a token or key: it must be one word of ASCII characters without spaces',
);

/** A project is known by its id; its name is often that of the region (docs/configuration.md). */
export const projectId = setting(
  (text) => (/^[0-9a-f]{32}$/i.test(text) ? text : null),
  'is not the id of a project: write its 32 hex digits (My Credentials in the console), not its name or region',
);

export const regionId = setting(
  (text) => (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) ? text : null),
  'is not the id of a region: write it as cn-north-4; a base URL belongs into MODELARTS_ENDPOINT',
);

/** `host:port` of a gRPC service; the SDK adds the port when it is left out. */
export const grpcAddress = setting((text) => {
  const [, host, digits = '7233'] = /^(\[[0-9a-f:.]+\]|[^\s:/@]+)(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const isPort = Number(digits) > 0 && Number(digits) <= highestPort;
  return host !== undefined && isPort ? text : null;
}, 'is not the address of a Temporal server: write host:port, as temporal.example.com:7233, without http:// or a path');

/** Milliseconds out of `90s`. */
export const duration = setting(parseDuration, `is not a duration: write ${durationWords} (a bare number is refused)`);

export const positiveDuration = setting((text) => {
  const ms = parseDuration(text);
  return ms === 0 ? null : ms;
}, `is not a duration above zero: write ${durationWords} (a bare number is refused)`);

const slowestRate = 0.01;
const fastestRate = 10_000;

/** Held together with the contract's limit by a test. */
const longestHttpTimeoutMs = 60_000;

export const httpTimeout = setting((text) => {
  const ms = parseDuration(text);
  return ms === null || ms === 0 || ms > longestHttpTimeoutMs ? null : ms;
}, 'is not a time-out: write a duration above zero and at most 60s, such as 15s');

export const rate = setting((text) => {
  const number = Number(text);
  return /^\d*\.?\d+$/.test(text) && number >= slowestRate && number <= fastestRate ? number : null;
}, `is not a rate: write requests per second, ${slowestRate} to ${fastestRate}, such as 5`);

/** The SDK takes more, and a worker of that size would have run out of memory long before. */
const mostSlots = 100_000;

export const slots = setting((text) => {
  const number = Number(text);
  return /^\d+$/.test(text) && number > 0 && number <= mostSlots ? number : null;
}, `is not a number of slots: write a whole number from 1 to ${mostSlots}, such as 200`);

/** A base URL without the slash at its end. */
export const baseUrl = setting(
  parseBaseUrl,
  'is not a base URL: write it as https://host, without user, query or fragment',
);

/** A base URL of IAM, which people give with and without `/v3`. */
export const iamUrl = setting((text) => {
  const url = parseBaseUrl(text);
  return url === null ? null : url.replace(/\/v3$/, '');
}, 'is not a base URL: write it as https://iam-host');

function parseBaseUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return isPlain && /^https?:$/.test(url.protocol) ? text.replace(/\/+$/, '') : null;
}

export const listenAddress = setting((text): ListenAddress | null => {
  const [, host, digits] = /^(\[[0-9a-f:.]+\]|[^:\s]*):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || port > highestPort) return null;
  return { host: host === '' ? '0.0.0.0' : host.replace(/^\[|\]$/g, ''), port };
}, 'is not an address to listen on: write host:port, as 0.0.0.0:9464');

export const installationId = setting(
  (text) => (/^[0-9a-f]{6}$/.test(text) ? text : null),
  'is not an installation id: write 6 of the digits 0-9 a-f, in lower case',
);

export const codecKeys = setting((text): CodecKey[] | null => {
  const keys = text.split(',').map((item) => parseCodecKey(item.trim()));
  const known = keys.filter((key) => key !== null);
  const ids = new Set(known.map(({ id }) => id));
  return known.length === keys.length && ids.size === keys.length ? known : null;
}, `is not a list of keys: write id:base64,id:base64 with ${codecKeyBytes} bytes in each key and each id once`);

function parseCodecKey(item: string): CodecKey | null {
  const [, id, base64] = /^([A-Za-z0-9_.-]+):([A-Za-z0-9+/]+={0,2})$/.exec(item) ?? [];
  if (id === undefined || base64 === undefined) return null;
  return Buffer.from(base64, 'base64').length === codecKeyBytes ? { id, key: new Secret(base64) } : null;
}

const yes = ['true', '1', 'yes', 'on'];
const no = ['false', '0', 'no', 'off'];

/** A switch, in the words that people use for one. */
export const flag = setting((text): boolean | null => {
  const word = text.toLowerCase();
  return yes.includes(word) ? true : no.includes(word) ? false : null;
}, 'is neither true nor false: write true or false (1 or 0, yes or no, on or off)');

/** One of a few words. */
export function word<const FailureTexts extends readonly string[]>(words: FailureTexts): Setting<FailureTexts[number]> {
  return setting(
    (text): FailureTexts[number] | null => words.find((candidate) => candidate === text) ?? null,
    `is not one of ${words.join(', ')}`,
  );
}
