import { isIPv4 } from 'node:net';
import type { Env } from './env.js';

/** The HTTP proxy that a connection to Temporal goes through. */
export interface HttpProxy {
  /** The variable that it was read from. */
  readonly variable: string;
  /** host:port without credentials. */
  readonly address: string;
  /** A function, so that printing the proxy cannot show a password. */
  readonly basicAuth: () => { readonly username: string; readonly password: string } | null;
}

/** In the order of the Temporal client's gRPC library, which reads the lower-case names only. */
const proxyVariables = ['grpc_proxy', 'https_proxy', 'http_proxy'] as const;
const exceptionVariables = ['no_grpc_proxy', 'no_proxy'] as const;

/** Every variable that this file reads. */
export const proxyNames: readonly string[] = [...proxyVariables, ...exceptionVariables];

/**
 * Returns the proxy for connections to a Temporal address, or null. The rules are those of the gRPC library of the
 * command line, because the native connection of workers reads no such variables. Unlike the library, loopback never
 * uses a proxy.
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

/** Returns the host of `host:port` or `[v6]:port`. */
export function hostOf(address: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(address) ?? [];
  return bracketed ?? plain ?? address;
}

/** A proxy would resolve a loopback address to another machine. */
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

/** `entry` is a network, such as `10.0.0.0/8`. */
function isInNetwork(host: string, entry: string): boolean {
  const [, network = '', digits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(entry) ?? [];
  const bits = Number(digits);
  if (!isIPv4(host) || !isIPv4(network) || bits > 32) return false;
  const number = (ip: string) => ip.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - bits);
  return Math.floor(number(host) / size) === Math.floor(number(network) / size);
}
