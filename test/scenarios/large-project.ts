import { formatMarker } from '../../src/domain/resource/marker.js';
import { ownerHash } from '../../src/spec/hash.js';
import { installation, type Testbed } from '../support/testbed.js';
import { control } from './outside-changes.js';

/** Temporal warns of larger payloads, and refuses four times that. */
export const warnedPayload = 512 * 1024;
export const historyLimit = 1_000_000;

export const markerOf = (owner: string) => formatMarker({ installation, owner: ownerHash(owner), spec: '00000000' });

/**
 * Fills the project with notebooks on public flavors, by their names and the operations in their markers. They are
 * copies of one, so that only lists can show them: none can change its state.
 */
export async function fill(
  testbed: Testbed,
  notebooks: readonly { readonly name: string; readonly owner: string | null }[],
): Promise<void> {
  const createdAt = new Date(testbed.temporal.now() - 48 * 3_600_000).toISOString();
  await control(testbed, 'notebooks', { name: 'template', description: 'by hand', createdAt });
  const snapshot = testbed.simulator.snapshot();
  const template = snapshot.state.notebooks.find(({ name }) => name === 'template');
  if (template === undefined) throw new Error('the notebook was not placed');
  const placed = notebooks.map(({ name, owner }, index) => ({
    ...template,
    id: `${template.id.slice(0, -6)}${String(index).padStart(6, '0')}`,
    name,
    description: owner === null ? 'by hand' : markerOf(owner),
  }));
  const others = snapshot.state.notebooks.filter((one) => one !== template);
  testbed.simulator.restore({ ...snapshot, state: { ...snapshot.state, notebooks: [...others, ...placed] } });
}
