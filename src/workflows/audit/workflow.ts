import { makeFailure } from '../../contract/failures.js';
import { nameOfCreating } from '../../contract/ids.js';
import type { AuditInput, AuditProgress, EnvironmentResources } from '../../contract/workflows.js';
import { noResources } from '../../contract/workflows.js';
import { type AuditFinding, type AuditReport, describeCounts, makeReport } from '../../domain/audit/report.js';
import type { PriceTable } from '../../domain/price.js';
import { type Identity, maybeSame } from '../../domain/resource/identity.js';
import { type Inventory, type InventoryItem, type Ownership, ownersOf } from '../../domain/resource/inventory.js';
import { parseMarker } from '../../domain/resource/marker.js';
import { firstCalls, reads, surveys } from '../operation/activity-proxies.js';
import { type Outcome, runToEnd } from '../operation/ending.js';
import { refuseLarge } from '../operation/failure.js';
import { Operation } from '../operation/operation.js';
import { newState } from '../operation/state.js';

/** The facts that an audit read. */
interface Reading {
  readonly inventory: Inventory;
  readonly ownerships: readonly Ownership[];
  readonly prices: PriceTable | null;
}

/**
 * Reports the owner of every resource in the project. With `adopt`, one orphan gets an owner again.
 *
 * Phases: `Planning` while it lists pools and notebooks. `Reading` while it asks Temporal for their owners and reads apparent
 * orphans once more by id. Owners are read after the list, so that an operation that starts meanwhile is never missed.
 * Ends in `Done` with a report, or in `Failed`.
 */
export async function audit(input: AuditInput | null | undefined): Promise<AuditProgress> {
  const op = new Operation(newState('audit', [], 'Planning'), () => {
    throw new Error('An audit does not continue as new.');
  });
  let report: AuditReport | null = null;
  const work = async (): Promise<Outcome> => {
    const reading = await read(op, input);
    report = reportOf(op, reading);
    if (input?.adopt == null) return { phase: 'Done', why: describeCounts(report) };
    report = await adopt(op, input.adopt, reading, report);
    return { phase: 'Done', why: op.state.progress.why };
  };
  const progress = await runToEnd(op, work, { cancelled: () => 'cancelled; nothing was changed' });
  return { ...progress, report };
}

async function read(op: Operation, input: unknown): Promise<Reading> {
  op.enter('Planning', 'reading all pools and notebooks of the project');
  const { workflowId } = op.state.progress;
  refuseLarge(input);
  const question = { kind: 'auditResources', document: input, workflowId, name: 'audit' } as const;
  op.state.identity = await firstCalls('audit').checkArgument(question);
  const { settings, installation } = op.identity;
  const inventory = await surveys(settings, 'inventory').readInventory({});
  op.enter('Reading', `reading the owners of ${inventory.items.length} resources`);
  op.reach(40);
  const owners = ownersOf(inventory.items, installation);
  const names = inventory.items.map(({ name }) => name);
  const ownerships = await surveys(settings, 'owners').readOwnership({
    owners: [...new Set(owners)],
    names: [...new Set(names)],
  });
  const prices = await reads(settings, 'prices').readPrices();
  op.reach(80);
  const orphans = orphansOf(op, { inventory, ownerships, prices });
  if (orphans.length === 0) return { inventory, ownerships, prices };
  op.explain(`reading ${orphans.length} resources without an owner again`);
  const seen = await surveys(settings, 'orphans').lookAgain({ items: orphans });
  const items = inventory.items.flatMap((item) =>
    orphans.includes(item) ? seen.filter((one) => isSame(one, item)).slice(0, 1) : [item],
  );
  return { inventory: { ...inventory, items }, ownerships, prices };
}

function orphansOf(op: Operation, reading: Reading): InventoryItem[] {
  const { findings } = reportOf(op, reading);
  return reading.inventory.items.filter((item) =>
    findings.some((finding) => finding.standing === 'orphan' && isSame(finding, item)),
  );
}

type KnownItem = Pick<InventoryItem, 'kind'> & Identity;

/** Two records may share an id, such as a failed creation and the next pool of its name. Each has its own finding. */
function isSame(a: KnownItem, b: KnownItem): boolean {
  return a.kind === b.kind && maybeSame(a, b);
}

function reportOf(op: Operation, { inventory, ownerships, prices }: Reading): AuditReport {
  return makeReport({ inventory, ownerships, prices, installation: op.identity.installation, now: inventory.at });
}

/**
 * Starts or joins the lease of the orphan's name, which then owns everything that was created under the name. Two
 * adoptions at the same time join the same lease.
 */
async function adopt(
  op: Operation,
  { id, by, reason }: NonNullable<AuditInput['adopt']>,
  { inventory }: Reading,
  report: AuditReport,
): Promise<AuditReport> {
  // Raw JSON can start a run too.
  if (!id || !by) throw makeFailure('InvalidSpec', 'adopt: `id` and `by` are required');
  op.audit('adopt', by, reason);
  const finding = findingToAdopt(report, id);
  const name = nameOf(finding);
  const siblings = report.findings.filter(
    ({ standing, owner }) => standing === 'orphan' && owner !== null && nameOfCreating(owner) === name,
  );
  const items = inventory.items.filter((item) => siblings.some((sibling) => isSame(sibling, item)));
  await op.gate();
  op.explain(`transferring ${describe(siblings)} to lease/${name}`);
  const lease = await reads(op.identity.settings, `lease ${name}`).transferRemainder({
    name,
    owner: finding.owner ?? `env/${name}`,
    resources: resourcesOf(items),
    lease: null,
    adopted: { by, reason },
  });
  op.update({ lease });
  op.explain(`lease/${name} owns ${describe(siblings)}`);
  const adopted = (one: AuditFinding) => siblings.includes(one);
  const findings = report.findings.map(
    (one): AuditFinding => (adopted(one) ? { ...one, standing: 'owned', why: `lease/${name}: adopted by ${by}` } : one),
  );
  const { orphan, owned } = report.counts;
  const counts = { ...report.counts, orphan: orphan - siblings.length, owned: owned + siblings.length };
  return { ...report, findings, counts };
}

/** The finding with this id or name. Throws when it is not an orphan. */
function findingToAdopt(report: AuditReport, id: string): AuditFinding {
  const byId = report.findings.filter((finding) => finding.id === id);
  const found = byId.length > 0 ? byId : report.findings.filter((finding) => finding.name === id);
  const [finding] = found.filter(({ standing }) => standing === 'orphan').concat(found);
  if (finding === undefined) {
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

function describe(findings: readonly AuditFinding[]): string {
  return findings.map(({ kind, name }) => `${kind} ${name}`).join(', ');
}
