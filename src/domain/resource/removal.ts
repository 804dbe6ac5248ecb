import type { KeptItem, PlanItem } from '../teardown/plan.js';
import { aimAt, maybeSame, type ResourceRef } from './identity.js';
import { formatMarker, isMarkedBy, isProtected, parseMarker } from './marker.js';
import type { ResourceFacts } from './observation.js';

/** The plan that a removal keeps to: only its items may be deleted. */
export interface PlannedRemoval {
  readonly items: readonly PlanItem[];
  readonly kept: readonly KeptItem[];
}

/** Which resources of one kind a removal may delete. */
export interface RemovalScope {
  readonly kind: PlanItem['kind'];
  /** Name of the resource. */
  readonly name: string;
  readonly environment: string;
  readonly installation: string;
  /** Hashes of the workflow ids that own the resources. */
  readonly owners: readonly string[];
  /**
   * Set for a kind whose id is derived from its name, so that a foreign resource may have it: the recorded identity.
   */
  readonly byName: { readonly known: ResourceRef | null } | null;
  /** False when a run undoes its own create. */
  readonly respectProtection: boolean;
  readonly plan: PlannedRemoval | undefined;
}

export type RemovalVerdict =
  | { readonly verdict: 'allowed' }
  /** Another owner's resource has the name. */
  | { readonly verdict: 'foreign' }
  /** The response has neither a creation time nor our marker. Another response may be complete. */
  | { readonly verdict: 'undecided'; readonly why: string }
  | {
      readonly verdict: 'refused';
      readonly type: 'Protected' | 'PlanChanged';
      readonly why: string;
      readonly hint: string | null;
    };

/** Whether a removal may delete a resource that it observed: ours, not protected, and in the plan if there is one. */
export function guardRemoval(scope: RemovalScope, facts: ResourceFacts): RemovalVerdict {
  const { kind, name } = scope;
  const undecided = {
    verdict: 'undecided',
    why: `${kind} ${name}: the response has neither a creation time nor our marker`,
  } as const;
  const ownership = ownershipIn(scope, facts);
  if (ownership === 'undecided') return undecided;
  if (ownership === 'foreign') return { verdict: 'foreign' };
  if (scope.respectProtection && isProtected(facts.description))
    return protectedVerdict(`${kind} ${name}`, scope.environment);
  if (scope.plan === undefined) return { verdict: 'allowed' };
  const items = scope.plan.items.filter((item) => item.kind === kind);
  const kept = scope.plan.kept.find((item) => item.kind === kind && maybeSame(item, facts));
  if (kept !== undefined)
    return { verdict: 'refused', type: 'Protected', why: `${kind} ${kept.name} is kept: ${kept.rule}`, hint: null };
  const marker = parseMarker(facts.description);
  const aims = items.map((item) =>
    aimAt(item, facts, scope.byName === null || (marker !== null && formatMarker(marker) === item.marker)),
  );
  if (aims.includes('hit')) return { verdict: 'allowed' };
  if (aims.includes('undecided')) return undecided;
  return {
    verdict: 'refused',
    type: 'PlanChanged',
    why: `${kind} ${facts.id}, created at ${facts.createdAt || 'an unknown time'}, is not in the plan. It is not deleted.`,
    hint: 'Make a new plan and review it.',
  };
}

/** The refusal to delete a protected resource of an environment. */
export function protectedVerdict(label: string, environment: string) {
  return {
    verdict: 'refused',
    type: 'Protected',
    why: `${label} is protected (maops:keep)`,
    hint: `To delete it, run \`maops env unprotect ${environment} --reason …\`, then \`maops env teardown ${environment}\`.`,
  } as const;
}

/** By its marker, or by the recorded identity when the marker is lost. */
function ownershipIn(scope: RemovalScope, facts: ResourceFacts): 'ours' | 'foreign' | 'undecided' {
  if (scope.byName === null) return 'ours';
  const { known } = scope.byName;
  const marker = parseMarker(facts.description);
  const isMarkedOurs = isMarkedBy(marker, scope.installation, scope.owners);
  if (marker !== null || known === null) return isMarkedOurs ? 'ours' : 'foreign';
  const aim = aimAt(known, facts, false);
  return aim === 'hit' ? 'ours' : aim === 'replaced' ? 'foreign' : 'undecided';
}

/** Commands that remove a resource, one after the other. */
export type RemovalCommand = 'stop' | 'dequeue' | 'delete';

/** The last command that was sent, and how often in a row. */
export interface SentCommand {
  /** State of the resource when it was sent; null when no command was sent yet. */
  readonly state: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly times: number;
}

export const noCommand: SentCommand = { state: null, at: 0, times: 0 };

export function commandSent(last: SentCommand, state: string, now: number): SentCommand {
  return { state, at: now, times: last.state === state ? last.times + 1 : 1 };
}

/**
 * Records that the last command was refused. When another command may be accepted instead, the first refusal makes it
 * due at once. After that the pauses grow, so that two commands are not sent in turn without a pause.
 */
export function commandRefused(
  last: SentCommand,
  command: RemovalCommand,
  next: (tries: number) => RemovalCommand | 'wait',
): SentCommand {
  return last.times === 1 && next(last.times) !== command ? { ...last, at: Number.MIN_SAFE_INTEGER } : last;
}

/** A command without effect is repeated, after pauses that grow from twice to 32 times `patienceMs`. */
function repeatAfter(last: SentCommand, patienceMs: number): number {
  return patienceMs * 2 ** Math.min(last.times, 5);
}

/**
 * How long to wait for a significant change before the command is due again. Before the first command, any limit works.
 */
export function untilRepeat(last: SentCommand, patienceMs: number, now: number): number {
  if (last.state === null) return patienceMs * 32;
  return Math.max(1, last.at + repeatAfter(last, patienceMs) - now);
}

/** The command that is due; null while the last one may still take effect. */
export interface RemovalDecision {
  readonly command: RemovalCommand | null;
  readonly last: SentCommand;
  /** How long a command may be without effect. */
  readonly patienceMs: number;
}

/**
 * Decides on at most one command after an observation. A resource that changes by itself needs none. If it stays in
 * that state for long it is deleted all the same: the service refuses that without harm, and nothing else would end the
 * wait.
 */
export function decideRemoval(
  state: string,
  next: (tries: number) => RemovalCommand | 'wait',
  last: SentCommand,
  {
    isRetriedNow,
    pollMaxMs,
    now,
  }: { readonly isRetriedNow: boolean; readonly pollMaxMs: number; readonly now: number },
): RemovalDecision {
  const command = next(last.state === state ? last.times : 0);
  const patienceMs = command === 'wait' ? 8 * pollMaxMs : pollMaxMs;
  // The change that is under way counts as a command that was just sent.
  const sent = command === 'wait' && last.state !== state ? commandSent(noCommand, state, now) : last;
  const isDue = sent.state !== state || now - sent.at >= repeatAfter(sent, patienceMs);
  if (!isRetriedNow && !isDue) return { command: null, last: sent, patienceMs };
  return { command: command === 'wait' ? 'delete' : command, last: sent, patienceMs };
}
