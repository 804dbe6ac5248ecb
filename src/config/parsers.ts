import { longestHttpTimeoutMs } from '../contract/settings.js';
import { durationWords, parseDuration } from '../domain/duration.js';
import { Secret } from '../modelarts/secret.js';

/** A value, or what a text must be. The message never shows the text, which may be a misplaced secret. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly expected: string };

/** Parses the text of a variable. A function, because every command line loads the parsers. */
export type Parser<T> = (text: string) => Parsed<T>;

/** Address of a listener: metrics or health checks. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** A payload encryption key. */
export interface CodecKey {
  readonly id: string;
  readonly key: Secret;
}

const codecKeyBytes = 32;
const highestPort = 65_535;

function parser<T>(parse: (text: string) => T | null, expected: string): Parser<T> {
  return (text) => {
    const value = parse(text);
    return value === null ? { ok: false, expected } : { ok: true, value };
  };
}

export const plainText: Parser<string> = (value) => ({ ok: true, value });
export const secretText: Parser<Secret> = (text) => ({ ok: true, value: new Secret(text) });

/** The value of a header. A space inside usually means that it was cut off or pasted twice. */
export const credential = parser(
  (text) => (/^[\x21-\x7e]+$/.test(text) ? text : null),
  'one word of ASCII characters without spaces',
);

export const projectId = parser(
  (text) => (/^[0-9a-f]{32}$/i.test(text) ? text : null),
  'a project id of 32 hex digits (My Credentials in the console), not the name of a project or region',
);

export const regionId = parser(
  (text) => (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) ? text : null),
  'a region id, such as cn-north-4. Set a base URL as MODELARTS_ENDPOINT instead.',
);

/** The SDK adds the port when it is missing. */
export const grpcAddress = parser((text) => {
  const [, host, digits = '7233'] = /^(\[[0-9a-f:.]+\]|[^\s:/@]+)(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const isPort = Number(digits) > 0 && Number(digits) <= highestPort;
  return host !== undefined && isPort ? text : null;
}, 'host:port without http:// or a path, such as temporal.example.com:7233');

/** In milliseconds. */
export const duration = parser(parseDuration, durationWords);

export const positiveDuration = parser((text) => parseDuration(text) || null, `${durationWords}, and above zero`);

export const httpTimeout = parser((text) => {
  const ms = parseDuration(text);
  return ms !== null && ms > 0 && ms <= longestHttpTimeoutMs ? ms : null;
}, 'a duration above zero and at most 60s, such as 15s');

const slowestRate = 0.01;
const fastestRate = 10_000;

export const rate = parser((text) => {
  const number = Number(text);
  return /^\d*\.?\d+$/.test(text) && number >= slowestRate && number <= fastestRate ? number : null;
}, `a number of requests per second, ${slowestRate} to ${fastestRate}, such as 5`);

/** The SDK accepts more, but a worker of that size runs out of memory first. */
const mostSlots = 100_000;

/** A whole number within limits. */
const wholeNumber = (least: number, most: number, example: number) =>
  parser((text) => {
    const number = Number(text);
    return /^\d+$/.test(text) && number >= least && number <= most ? number : null;
  }, `a whole number, ${least} to ${most}, such as ${example}`);

export const slots = wholeNumber(1, mostSlots, 200);
/** The SDK refuses a single slot beside a cache. */
export const workflowSlots = wholeNumber(2, 1_000, 6);
export const threads = wholeNumber(1, 64, 1);
export const cacheSize = wholeNumber(2, mostSlots, 1_000);

/** A base URL without a slash at its end. */
export const baseUrl = parser(parseBaseUrl, 'a base URL without user, query or fragment, such as https://host');

/** IAM's base URL, which is often written with `/v3`. */
export const iamUrl = parser(
  (text) => parseBaseUrl(text)?.replace(/\/v3$/, '') ?? null,
  'a base URL, such as https://iam-host',
);

function parseBaseUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return isPlain && /^https?:$/.test(url.protocol) ? text.replace(/\/+$/, '') : null;
}

export const listenAddress = parser((text): ListenAddress | null => {
  const [, host, digits] = /^(\[[0-9a-f:.]+\]|[^:\s]*):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || port > highestPort) return null;
  return { host: host === '' ? '0.0.0.0' : host.replace(/^\[|\]$/g, ''), port };
}, 'host:port, such as 0.0.0.0:9464');

export const installationId = parser(
  (text) => (/^[0-9a-f]{6}$/.test(text) ? text : null),
  '6 hex digits in lower case, such as 0a1b2c',
);

export const codecKeys = parser((text): CodecKey[] | null => {
  const keys = text.split(',').map((item) => parseCodecKey(item.trim()));
  const known = keys.filter((key) => key !== null);
  const ids = new Set(known.map(({ id }) => id));
  return known.length === keys.length && ids.size === keys.length ? known : null;
}, `id:base64,id:base64 with ${codecKeyBytes} bytes in each key and each id once`);

function parseCodecKey(item: string): CodecKey | null {
  const [, id, base64] = /^([A-Za-z0-9_.-]+):([A-Za-z0-9+/]+={0,2})$/.exec(item) ?? [];
  if (id === undefined || base64 === undefined) return null;
  return Buffer.from(base64, 'base64').length === codecKeyBytes ? { id, key: new Secret(base64) } : null;
}

const yes = ['true', '1', 'yes', 'on'];
const no = ['false', '0', 'no', 'off'];

export const flag = parser((text): boolean | null => {
  const word = text.toLowerCase();
  return yes.includes(word) ? true : no.includes(word) ? false : null;
}, 'true or false (or 1, 0, yes, no, on, off)');

export function word<const Words extends readonly string[]>(words: Words): Parser<Words[number]> {
  return parser(
    (text): Words[number] | null => words.find((candidate) => candidate === text) ?? null,
    `one of ${words.join(', ')}`,
  );
}
