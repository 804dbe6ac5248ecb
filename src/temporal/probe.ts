import { once } from 'node:events';
import { request } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { TLSConfig } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { hostOf } from '../config/proxy.js';
import type { ClientConfig } from '../config.js';

/** Where and how to connect to Temporal. */
export interface ProbeTarget extends Pick<ClientConfig, 'address' | 'proxy' | 'tlsBy'> {
  readonly connectionOptions: () => { readonly tls?: TLSConfig | boolean | null | undefined };
}

/** Why the connection fails. */
export interface ProbeFinding {
  readonly reason: string;
  /** What to change; null when the server may be down. */
  readonly advice: string | null;
}

const defaultPort = 7233;
/** Errors of a certificate that is not trusted here. */
const untrusted = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
]);

/**
 * Probes the port for the reason why a connection fails, because the gRPC libraries only report a timeout. Sends
 * nothing but the handshakes of TLS and HTTP/2. Null when both succeed.
 */
export async function probeTemporal(target: ProbeTarget, signal: AbortSignal): Promise<ProbeFinding | null> {
  const reached = await openSocket(target, signal);
  if (!('socket' in reached)) return reached;
  try {
    return target.connectionOptions().tls
      ? await probeTls(target, reached.socket, signal)
      : await probePlain(target, reached.socket, signal);
  } finally {
    reached.socket.destroy();
  }
}

type Reached = { readonly socket: Socket } | ProbeFinding;

async function openSocket(target: ProbeTarget, signal: AbortSignal): Promise<Reached> {
  const host = hostOf(target.address);
  if (target.proxy !== null) return await openThroughProxy(target.proxy, target.address, signal);
  const socket = connectTcp({ host, port: portOf(target.address) });
  try {
    await once(socket, 'connect', { signal });
    return { socket };
  } catch (error) {
    socket.destroy();
    const code = codeOf(error);
    if (code === 'ECONNREFUSED') return { reason: 'connection refused (ECONNREFUSED)', advice: null };
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      return { reason: `cannot resolve ${host} (${code})`, advice: 'Check TEMPORAL_ADDRESS and DNS.' };
    return { reason: signal.aborted ? 'timed out' : code, advice: null };
  }
}

async function openThroughProxy(
  { address, variable, basicAuth }: NonNullable<ProbeTarget['proxy']>,
  target: string,
  signal: AbortSignal,
): Promise<Reached> {
  const advice = `Unset ${variable}, or add ${hostOf(target)} to no_proxy.`;
  const login = basicAuth();
  const asked = request({
    host: hostOf(address),
    port: portOf(address),
    method: 'CONNECT',
    path: /:\d+$/.test(target) ? target : `${target}:${defaultPort}`,
    agent: false,
    ...(login === null ? {} : { auth: `${login.username}:${login.password}` }),
    signal,
  });
  const answered = new Promise<Reached>((resolve, reject) => {
    const refused = (status: number | undefined) => ({
      reason: `the proxy refused the connection (HTTP ${status})`,
      advice,
    });
    asked.on('error', reject);
    asked.on('response', ({ statusCode }) => resolve(refused(statusCode)));
    asked.on('connect', ({ statusCode }, socket: Socket) => {
      if (statusCode === 200) return resolve({ socket });
      socket.destroy();
      resolve(refused(statusCode));
    });
  });
  asked.end();
  return await answered.catch((error: unknown) => {
    const code = signal.aborted ? 'timed out' : codeOf(error);
    return { reason: `the proxy did not connect (${code})`, advice };
  });
}

async function probeTls(target: ProbeTarget, socket: Socket, signal: AbortSignal): Promise<ProbeFinding | null> {
  const { tls } = target.connectionOptions();
  const { serverNameOverride, serverRootCACertificate, clientCertPair }: TLSConfig =
    typeof tls === 'object' && tls !== null ? tls : {};
  const name = serverNameOverride ?? hostOf(target.address);
  try {
    const secured = connectTls({
      socket,
      ALPNProtocols: ['h2'],
      ...(isIP(name) === 0 ? { servername: name } : { host: name }),
      ...(serverRootCACertificate === undefined ? {} : { ca: Buffer.from(serverRootCACertificate) }),
      ...(clientCertPair === undefined
        ? {}
        : { cert: Buffer.from(clientCertPair.crt), key: Buffer.from(clientCertPair.key) }),
    });
    await once(secured, 'secureConnect', { signal });
    // With TLS 1.3 a server requests the client certificate only now.
    await settingsOf(secured, target, signal);
    return null;
  } catch (error) {
    return tlsFinding(target, name, error, signal);
  }
}

async function tlsFinding(
  target: ProbeTarget,
  name: string,
  error: unknown,
  signal: AbortSignal,
): Promise<ProbeFinding> {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (untrusted.has(code))
    return {
      reason: `the server certificate is not trusted (${code})`,
      advice: 'Set TEMPORAL_TLS_SERVER_CA_CERT_PATH to the CA certificate that signed it.',
    };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      reason: `the server certificate is not for ${name}`,
      advice: 'Set TEMPORAL_TLS_SERVER_NAME to a name in the certificate, or correct TEMPORAL_ADDRESS.',
    };
  if (code.startsWith('CERT_'))
    return {
      reason: `the server certificate is not valid (${code})`,
      advice: 'Renew it on the server.',
    };
  if (/certificate|handshake.failure|unknown ca/i.test(`${code.replaceAll('_', ' ')} ${message}`))
    return {
      reason: `the server refused the TLS handshake (${code}). It may require a client certificate`,
      advice: 'Set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH to a certificate that it accepts.',
    };
  if (!signal.aborted && (await isPlain(target, signal)))
    return {
      reason: `the server does not use TLS on this port, but ${target.tlsBy ?? 'the configuration'} turns TLS on`,
      advice:
        target.tlsBy === null || target.tlsBy === 'TEMPORAL_TLS'
          ? 'Unset TEMPORAL_TLS, or set TEMPORAL_ADDRESS to a port with TLS.'
          : `Set TEMPORAL_TLS=false or unset ${target.tlsBy}, or set TEMPORAL_ADDRESS to a port with TLS.`,
    };
  return {
    reason: `the TLS handshake failed (${signal.aborted ? 'timed out' : code})`,
    advice: 'Check TEMPORAL_ADDRESS and TEMPORAL_TLS.',
  };
}

async function probePlain(target: ProbeTarget, socket: Socket, signal: AbortSignal): Promise<ProbeFinding | null> {
  try {
    await settingsOf(socket, target, signal);
    return null;
  } catch {
    if (await usesTls(target, signal))
      return {
        reason: 'the server requires TLS on this port, but TEMPORAL_TLS is not true',
        advice: 'Set TEMPORAL_TLS=true (and the TEMPORAL_TLS_* variables that the server requires).',
      };
    if (signal.aborted) return { reason: 'the port accepts connections, but does not respond', advice: null };
    return {
      reason: 'the port does not belong to a Temporal server (no HTTP/2)',
      advice: 'Set TEMPORAL_ADDRESS to host:port of the Temporal server, not of its UI.',
    };
  }
}

/** Waits for the settings, which an HTTP/2 server sends first. */
async function settingsOf(socket: Socket | TLSSocket, target: ProbeTarget, signal: AbortSignal): Promise<void> {
  const session: ClientHttp2Session = connectHttp2(`http://${target.address}`, { createConnection: () => socket });
  session.on('error', () => {});
  try {
    // The session reports neither a TLS alert nor the close after it, so listen on the socket.
    const closed = once(socket, 'close', { signal }).then(() => {
      throw Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
    });
    await Promise.race([once(session, 'remoteSettings', { signal }), closed]);
  } finally {
    session.destroy();
  }
}

async function isPlain(target: ProbeTarget, signal: AbortSignal): Promise<boolean> {
  const reached = await openSocket(target, signal);
  if (!('socket' in reached)) return false;
  return await settingsOf(reached.socket, target, signal).then(
    () => true,
    () => false,
  );
}

async function usesTls(target: ProbeTarget, signal: AbortSignal): Promise<boolean> {
  const reached = await openSocket(target, signal);
  if (!('socket' in reached)) return false;
  const { socket } = reached;
  try {
    const secured = connectTls({ socket, ALPNProtocols: ['h2'], rejectUnauthorized: false });
    await once(secured, 'secureConnect', { signal });
    return true;
  } catch (error) {
    // An alert proves that the server uses TLS.
    return /alert/i.test(codeOf(error)) || /alert/i.test(String(error));
  } finally {
    socket.destroy();
  }
}

function portOf(address: string): number {
  return Number(/:(\d+)$/.exec(address)?.[1] ?? defaultPort);
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('errors' in error && Array.isArray(error.errors)) return codeOf(error.errors[0]);
  return 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
