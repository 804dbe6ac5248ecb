import { formatMarker } from '../../src/domain/resource/marker.js';
import { ownerHash } from '../../src/spec/hash.js';
import { installation, type VirtualStack } from '../temporal-sim/environment.js';
import { finishMainJob, name } from './stories.js';

/** Places or changes something in the simulator by its control plane, as nothing of ours does. */
export async function control({ simulator }: VirtualStack, path: string, body: unknown): Promise<void> {
  const request = { method: 'POST', path: `/_sim/${path}`, headers: {}, body: JSON.stringify(body) };
  const reply = await simulator.handle(request);
  if (!('status' in reply) || reply.status >= 300) throw new Error(`refused: ${JSON.stringify(reply)}`);
}

/** Marks everything of the one environment as protected, or takes the marks away. */
export async function changeProtection({ world }: VirtualStack, change: 'protect' | 'unprotect'): Promise<void> {
  const id = `change/environment/${name}`;
  await world.start('changeResource', id, [{ kind: 'environment', name, change, by: 'op', reason: 'demo' }]);
  await world.result(id);
}

/** Ends a workflow without a word to it. */
export async function terminate({ world }: VirtualStack, workflowId: string): Promise<void> {
  await world.during(world.client.workflow.getHandle(workflowId).terminate('for the test'));
}

/** An environment whose lease is gone although nothing released it. */
export async function orphaned(stack: VirtualStack): Promise<void> {
  await finishMainJob(stack);
  await terminate(stack, `lease/${name}`);
}

/** A pool of ours that no workflow knows by name. */
export async function placeStray(stack: VirtualStack): Promise<void> {
  const description = formatMarker({ installation, owner: ownerHash('env/forgotten'), spec: '00000000' });
  const createdAt = new Date(stack.world.now() - 48 * 3_600_000).toISOString();
  await control(stack, 'pools', { name: 'stray', description, createdAt });
}
