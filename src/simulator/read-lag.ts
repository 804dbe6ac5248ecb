import type { Call } from './world.js';

/** The milliseconds for which a read does not show what is new: by a knob, or by a `listLag` fault on the read. */
export function lagOf(call: Call, usual = 0): number {
  return Math.max(usual, ...call.takeOutcomes().map((fault) => (fault.kind === 'listLag' ? fault.ms : 0)));
}
