import type { NetworkRecord, ScheduledTransition } from '../records.js';
import type { World } from '../world.js';
import { schedule } from './schedule.js';
import { scheduleNext, type Transition } from './transitions.js';

/** The lifecycle of a network (docs/api/pools-and-flavors.md "3.6 Network"). A deletion does not change the phase. */
export const NETWORK_TRANSITIONS: readonly Transition[] = [
  { track: 'phase', from: '', to: 'Creating', after: 'networkCreate', share: 0.1 },
  { track: 'phase', from: 'Creating', to: 'Active', after: 'networkCreate', share: 0.9, jitter: 0.1 },
];

/** Applies a scheduled transition of a network. */
export function applyToNetwork(world: World, network: NetworkRecord, item: ScheduledTransition): void {
  if (item.track === 'deletion') {
    world.state.networks = world.state.networks.filter((other) => other !== network);
  } else if (network.phase === item.from) {
    enterNetworkPhase(world, network, item.to, item.at);
  }
}

/** Moves a network to a phase and schedules the next transition. */
export function enterNetworkPhase(world: World, network: NetworkRecord, phase: string, at: number): void {
  network.phase = phase;
  scheduleNext(world, NETWORK_TRANSITIONS, { kind: 'network', record: network, track: 'phase', state: phase, at });
}

/** Marks a network as being deleted. Its phase does not change. */
export function startDeletion(world: World, network: NetworkRecord, at: number): void {
  network.deletedAt = at;
  const item = { kind: 'network' as const, uid: network.uid, track: 'deletion', key: '', from: '', to: 'Gone' };
  schedule(world, { ...item, at: at + world.durations.networkDelete });
}
