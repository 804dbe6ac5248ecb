import { type Command, kindOf } from '../temporal-sim/protocol.js';

/** Temporal warns from here on, and ends a workflow whose payloads pass four times of it. */
export const payloadLimit = 512 * 1024;

/**
 * What is too large in the commands of an activation: answers of updates, results, failures, inputs of what follows.
 */
export function oversized(workflowId: string, commands: readonly Command[]): string[] {
  return commands.flatMap((command) => {
    const size = sizeOf(command);
    return size <= payloadLimit ? [] : [`${workflowId}: ${kindOf(command)} has ${size} bytes`];
  });
}

/** The bytes of all payloads and texts inside. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, inner) => sum + sizeOf(inner), 0);
}
