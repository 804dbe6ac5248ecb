import { operationId } from '../contract/ids.js';
import { ownerHash } from '../spec/hash.js';

/** The operations that can create resources of a name, with the owner hash of their markers. */
export function creatingOperations(name: string): { readonly owner: string; readonly workflowId: string }[] {
  return (['env', 'pool', 'notebook'] as const)
    .map((kind) => operationId(kind, name))
    .map((workflowId) => ({ workflowId, owner: ownerHash(workflowId) }));
}
