import type { Adopted, OrphanSearch } from '../../activities/audit/survey.js';
import { makeFailure } from '../../contract/failures.js';
import { nameOfCreating } from '../../contract/ids.js';
import type { AuditInput, EnvironmentResources } from '../../contract/workflows.js';
import { noResources } from '../../contract/workflows.js';
import type { AuditFinding } from '../../domain/audit/report.js';
import type { InventoryItem } from '../../domain/resource/inventory.js';
import { parseMarker } from '../../domain/resource/marker.js';
import { reads, surveys } from '../operation/activity-proxies.js';
import type { Operation } from '../operation/operation.js';

/**
 * Starts or joins the lease of the orphan's name, which then owns everything that was created under the name. Two
 * adoptions at the same time join the same lease.
 */
export async function adopt(op: Operation, { id, by, reason }: NonNullable<AuditInput['adopt']>): Promise<Adopted> {
  // Raw JSON can start a run too.
  if (!id || !by) throw makeFailure('InvalidSpec', 'adopt: `id` and `by` are required');
  op.audit('adopt', by, reason);
  const { settings } = op.identity;
  const { finding, siblings } = await op.retries.run(`looking for the orphan ${id}`, () =>
    surveys(settings, id).findOrphans({ id }),
  );
  const orphan = orphanIn(finding, id);
  const name = nameOf(orphan);
  await op.gate();
  op.explain(`transferring ${describe(siblings)} to lease/${name}`);
  const lease = await reads(settings, `lease ${name}`).transferRemainder({
    name,
    owner: orphan.owner ?? `env/${name}`,
    resources: resourcesOf(siblings),
    lease: null,
    adopted: { by, reason },
  });
  op.update({ lease });
  op.explain(`lease/${name} owns ${describe(siblings)}`);
  const resources = siblings.map(({ kind, id: own, createdAt }) => ({ kind, id: own, createdAt }));
  return { name, by, resources };
}

/** The finding of the resource to adopt. Throws when it is not an orphan. */
function orphanIn(finding: OrphanSearch['finding'], id: string): AuditFinding {
  if (finding === null) {
    const hint = 'List the resources with `maops audit`.';
    throw makeFailure('NotFound', `no pool or notebook ${id}`, { hint });
  }
  if (finding.standing === 'orphan') return finding;
  throw makeFailure('RequestRejected', `${finding.kind} ${finding.name} is ${finding.standing}: ${finding.why}`, {
    hint: 'Only an orphan can be adopted. See the status of each resource with `maops audit`.',
  });
}

/** The name of the lease that can own the resource. A resource without a known name cannot be found again. */
function nameOf(finding: AuditFinding): string {
  const name = nameOfCreating(finding.owner ?? '');
  if (name !== null) return name;
  throw makeFailure('RequestRejected', `the environment of ${finding.kind} ${finding.name} is unknown`, {
    hint: `The owner in its marker is ${parseMarker(finding.marker)?.owner ?? 'missing'}. To delete it, apply a plan that contains it: \`maops sweep plan\`.`,
  });
}

function resourcesOf(items: readonly InventoryItem[]): EnvironmentResources {
  const pool = items.find(({ kind }) => kind === 'pool');
  const workspaces = items.map(({ workspaceId }) => workspaceId).filter((id) => id !== null && id !== '0');
  return {
    ...noResources,
    pool: pool === undefined ? null : { id: pool.id, createdAt: pool.createdAt },
    notebooks: items.filter(({ kind }) => kind === 'notebook').map(({ id, createdAt }) => ({ id, createdAt })),
    workspaceIds: [...new Set(workspaces)].filter((id) => id !== null),
  };
}

function describe(items: readonly InventoryItem[]): string {
  return items.map(({ kind, name }) => `${kind} ${name}`).join(', ');
}
