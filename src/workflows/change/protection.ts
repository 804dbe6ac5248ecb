import { makeFailure } from '../../contract/failures.js';
import type { ChangeInput } from '../../contract/workflows.js';
import type { Inventory, InventoryItem } from '../../domain/resource/inventory.js';
import { isMarkedBy } from '../../domain/resource/marker.js';
import { reads, surveys, waits } from '../operation/activity-proxies.js';
import type { Operation } from '../operation/operation.js';
import { limitOf } from './limit.js';

/**
 * Sets or clears `maops:keep` on the resources that were created under a name, else on our resources with that name. It
 * ends when a read of each resource shows the change.
 */
export async function changeProtection(op: Operation, name: string, verb: Protection): Promise<void> {
  const { settings } = op.identity;
  const isProtected = verb === 'protect';
  const within = limitOf(op);
  const inventory = await within(() => surveys(settings, 'inventory').readInventory({ name }));
  const items = itemsOf(op, name, inventory);
  const missing = [...inventory.unread, ...undescribed(inventory, name)];
  if (items.length === 0) throw missing.length > 0 ? notRead(name, missing) : nothingOf(name);
  op.enter('Applying', `${isProtected ? 'protecting' : 'unprotecting'} ${describe(items)}`);
  for (const { kind, id, createdAt, name: label } of items) {
    const summary = `${kind} ${label}`;
    const target = { kind, id, createdAt, isProtected };
    const result = await within(() => reads(settings, summary).setProtection(target));
    if (result.outcome === 'notSent' && result.reason !== 'already') throw isGone(summary);
    if ((await within(() => waits(settings, summary).seeProtection(target))) === 'gone') throw isGone(summary);
  }
  op.explain(`${describe(items)}: ${isProtected ? 'protected' : 'not protected'}`);
  // The resources that were found are done. Without a complete list there may be more, so the change fails.
  if (missing.length > 0) throw notRead(name, missing);
}

export type Protection = Extract<ChangeInput['change'], 'protect' | 'unprotect'>;

/** The resources that were created under the name. If there are none, our resources with that name. */
function itemsOf(op: Operation, name: string, { items }: Inventory): InventoryItem[] {
  const owners = Object.values(op.identity.owners);
  const ours = items.flatMap((item) => {
    const { marker, leaving } = item;
    return isMarkedBy(marker, op.identity.installation) && !leaving ? [{ item, owner: marker.owner }] : [];
  });
  const made = ours.filter(({ owner }) => owners.includes(owner));
  const found = made.length > 0 ? made : ours.filter(({ item }) => item.name === name);
  return found.map(({ item }) => item);
}

function undescribed({ items }: Inventory, name: string): string[] {
  const found = items.filter((item) => item.marker === 'unread' && item.name === name);
  return found.map(({ kind, id }) => `${kind} ${id}: no description`);
}

function notRead(name: string, missing: readonly string[]): Error {
  return makeFailure('ServiceUnavailable', `some resources of ${name} could not be read: ${missing.join('; ')}`, {
    hint: 'Run the command again when `maops audit` can read everything.',
  });
}

function nothingOf(name: string): Error {
  return makeFailure('NotFound', `this installation has created no resource named ${name}`, {
    hint: 'List the resources with `maops audit`. Resources of other installations are never changed.',
  });
}

function describe(items: readonly InventoryItem[]): string {
  return items.map(({ kind, name }) => `${kind} ${name}`).join(', ');
}

function isGone(summary: string): Error {
  return makeFailure('NotFound', `${summary} is gone or was replaced`, {
    hint: 'List the present resources with `maops audit`.',
  });
}
