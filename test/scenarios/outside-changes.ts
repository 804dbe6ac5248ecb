import { formatMarker } from '../../src/domain/resource/marker.js';
import { ownerHash } from '../../src/spec/hash.js';
import { installation, type Testbed } from '../support/testbed.js';
import { finishMainJob, name } from './steps.js';

/** Adds or changes a resource through the control plane of the simulator, from outside the product. */
export async function control({ simulator }: Testbed, path: string, body: unknown): Promise<void> {
  const request = { method: 'POST', path: `/_sim/${path}`, headers: {}, body: JSON.stringify(body) };
  const reply = await simulator.handle(request);
  if (!('status' in reply) || reply.status >= 300) throw new Error(`refused: ${JSON.stringify(reply)}`);
}

/** Marks everything of the one environment as protected, or takes the marks away. */
export async function changeProtection({ temporal }: Testbed, change: 'protect' | 'unprotect'): Promise<void> {
  const id = `change/environment/${name}`;
  await temporal.start('changeResource', id, [{ kind: 'environment', name, change, by: 'op', reason: 'demo' }]);
  await temporal.result(id);
}

/** Ends a workflow without a word to it. */
export async function terminate({ temporal }: Testbed, workflowId: string): Promise<void> {
  await temporal.during(temporal.client.workflow.getHandle(workflowId).terminate('for the test'));
}

/** An environment whose lease is gone although nothing released it. */
export async function orphaned(testbed: Testbed, change: Record<string, unknown> = {}): Promise<void> {
  await finishMainJob(testbed, change);
  await terminate(testbed, `lease/${name}`);
}

/** A pool with our marker that no workflow knows by name. */
export async function placeStray(testbed: Testbed): Promise<void> {
  const description = formatMarker({ installation, owner: ownerHash('env/forgotten'), spec: '00000000' });
  const createdAt = new Date(testbed.temporal.now() - 48 * 3_600_000).toISOString();
  await control(testbed, 'pools', { name: 'stray', description, createdAt });
}
