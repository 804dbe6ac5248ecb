import type { Env } from '../config.js';
import { formatDuration } from '../domain/duration.js';
import type { TemporalServer } from './temporal-server.js';

/** Paces of the real service, which shrink with the simulator's time; the floor keeps a fast simulator from being a flood. */
const paces = {
  MAOPS_POLL_MIN: { ms: 5_000, floorMs: 100 },
  MAOPS_POLL_MAX: { ms: 30_000, floorMs: 500 },
  MAOPS_POLL_WINDOW: { ms: 300_000, floorMs: 5_000 },
  MAOPS_ABNORMAL_GRACE: { ms: 300_000, floorMs: 2_000 },
  MAOPS_CONSISTENCY_WINDOW: { ms: 120_000, floorMs: 2_000 },
} as const;
const usualRps = 5;
const mostRps = 200;

/**
 * The environment of a stack: the simulator's address and credentials, our own server's address, and paces that fit the
 * simulator's speed. Of the caller's variables only `MAOPS_*` count: real credentials must never get near a simulation.
 */
export function stackEnvironment(
  env: Env,
  temporal: Pick<TemporalServer, 'address' | 'namespace'>,
  simulator: Readonly<Record<string, string>>,
  speed: number,
): Record<string, string> {
  const own = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[0].startsWith('MAOPS_') && isSet(entry[1]),
  );
  return {
    ...scaledPaces(speed),
    ...Object.fromEntries(own),
    ...simulator,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
  };
}

function scaledPaces(speed: number): Record<string, string> {
  if (speed === 1) return {};
  const scaled = Object.entries(paces).map(([name, { ms, floorMs }]) => {
    return [name, formatDuration(Math.round(Math.max(ms / speed, Math.min(ms, floorMs))))];
  });
  return {
    ...Object.fromEntries(scaled),
    MAOPS_MAX_RPS: String(Math.min(mostRps, Math.max(usualRps, usualRps * speed))),
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}
