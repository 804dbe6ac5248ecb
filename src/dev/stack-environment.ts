import { type Env, variables } from '../config.js';
import { formatDuration } from '../domain/duration.js';
import type { TemporalServer } from './temporal-server.js';

/** Durations that shrink with the simulator's time. The floor limits the load at a high speed. */
const scaled = [
  { variable: variables.pollMin, floorMs: 100 },
  { variable: variables.pollMax, floorMs: 500 },
  { variable: variables.pollWindow, floorMs: 5_000 },
  { variable: variables.abnormalGrace, floorMs: 2_000 },
  { variable: variables.consistencyWindow, floorMs: 2_000 },
];
const usualRps = variables.maxRps.fallback;
const mostRps = 200;

/**
 * The environment of a stack: the simulator's address and credentials, the server's address, and intervals that fit the
 * simulator's speed. Of the caller's variables it uses only `MAOPS_*`, so that real credentials never enter a
 * simulation.
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
  const durations = scaled.map(({ variable: { names, fallback: ms }, floorMs }) => {
    return [names[0], formatDuration(Math.round(Math.max(ms / speed, Math.min(ms, floorMs))))];
  });
  return {
    ...Object.fromEntries(durations),
    MAOPS_MAX_RPS: String(Math.min(mostRps, Math.max(usualRps, usualRps * speed))),
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}
