import { isIPv4 } from 'node:net';
import type { Env } from './env.js';

/** The HTTP proxy that a connection to Temporal goes through. */
export interface HttpProxy {
  /** The variable that names it. */
  readonly variable: string;
  /** host:port, without the credentials that the variable may hold. */
  readonly address: string;
  /** A function, so that printing a proxy cannot show a password. */
  readonly basicAuth: () => { readonly username: string; readonly password: string } | null;
}

/** In the order in which the Temporal client's gRPC library asks for them; it knows the lower-case names only. */
const proxyVariables = ['grpc_proxy', 'https_proxy', 'http_proxy'] as const;
const exceptionVariables = ['no_grpc_proxy', 'no_proxy'] as const;

/** Every variable that is read here, for the documentation and the check of quotes. */
export const proxyNames: readonly string[] = [...proxyVariables, ...exceptionVariables];

/**
 * The proxy on the way to a Temporal address, null when there is none. The rules are those of the gRPC library, so that workers
 * (whose connection knows no such variables) and the command line agree; only loopback never goes through a proxy.
 */
export function proxyTo(address: string, env: Env): HttpProxy | null {
  const host = hostOf(address);
  if (isLoopback(host) || isExcepted(host, env)) return null;
  const variable = proxyVariables.find((name) => env[name]?.trim());
  const text = variable === undefined ? '' : (env[variable] ?? '').trim();
  if (variable === undefined || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:') return null;
  const username = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  return {
    variable,
    address: `${url.hostname}:${url.port === '' ? '80' : url.port}`,
    basicAuth: () => (username === '' ? null : { username, password }),
  };
}

/** The host of `host:port` or `[v6]:port`. */
export function hostOf(address: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(address) ?? [];
  return bracketed ?? plain ?? address;
}

/** True for this machine itself: whatever a proxy would reach under such a name is another machine. */
function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1' || name === '::') return true;
  const v4 = name.replace(/^::ffff:/, '');
  return isIPv4(v4) && (v4.startsWith('127.') || v4 === '0.0.0.0');
}

function isExcepted(host: string, env: Env): boolean {
  const variable = exceptionVariables.find((name) => env[name]);
  const entries = variable === undefined ? [] : (env[variable] ?? '').split(',').map((entry) => entry.trim());
  return entries.some((entry) => entry !== '' && (host.endsWith(entry) || isInNetwork(host, entry)));
}

/** `10.0.0.0/8`. */
function isInNetwork(host: string, entry: string): boolean {
  const [, network = '', digits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(entry) ?? [];
  const bits = Number(digits);
  if (!isIPv4(host) || !isIPv4(network) || bits > 32) return false;
  const number = (ip: string) => ip.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - bits);
  return Math.floor(number(host) / size) === Math.floor(number(network) / size);
}
