import type { ResourceRef } from '../contract/workflows.js';
import type { KeptItem, PlanItem } from '../domain/plan.js';
import { stepFailure } from './failure.js';

/** The plan that a removal keeps to: exactly these may go. */
export interface PlannedRemoval {
  readonly items: readonly PlanItem[];
  readonly kept: readonly KeptItem[];
}

export function protectedFailure(label: string, name: string): Error {
  return stepFailure('Protected', `${label} is protected (maops:keep); it is left alone`, {
    hint: `When it may go: \`maops env unprotect ${name} --reason …\`, then \`maops env teardown ${name}\`.`,
  });
}

/** What turned up since the plan was made is nobody's to delete, and what the plan keeps stays. */
export function refuseUnplanned(plan: PlannedRemoval | undefined, kind: PlanItem['kind'], ref: ResourceRef): void {
  if (plan === undefined) return;
  const isMeant = (item: PlanItem) => item.kind === kind && item.id === ref.id && item.createdAt === ref.createdAt;
  const kept = plan.kept.find(isMeant);
  if (kept !== undefined) throw stepFailure('Protected', `${kind} ${kept.name} stays: ${kept.rule}`);
  if (plan.items.some(isMeant)) return;
  throw stepFailure(
    'PlanChanged',
    `${kind} ${ref.id}, made at ${ref.createdAt}, is not in the plan; it is left alone`,
    {
      hint: 'Make a new plan and look at it.',
    },
  );
}

/** The plan that was asked for by its hash is not the one that would be carried out. */
export function planChanged(asked: string, now: string, again: string): Error {
  const message = `the plan has changed since it was made: ${asked} was asked for, it is ${now} now; nothing was deleted`;
  return stepFailure('PlanChanged', message, {
    hint: `Only the hash of the old plan is known, not what it held. Look at the new one with \`${again}\`, and go on with its hash.`,
  });
}
