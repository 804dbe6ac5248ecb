import type { OwnCreation } from '../../activities/resource/creation-pace.js';
import type { FailureType } from '../../contract/failures.js';
import type { Phase } from '../../contract/phases.js';
import type { Progress, ResourceStep } from '../../contract/progress.js';
import type { Identity } from '../../contract/settings.js';
import type { Spec } from '../../contract/spec.js';
import type { EnvironmentResources, ResourceRef } from '../../contract/workflows.js';
import type { CreateOutcome } from '../../domain/provision/after-create.js';
import type { ExistingResource } from '../../domain/provision/create.js';
import type { Piece } from '../../domain/provision/percent.js';
import type { ResourceState } from '../../domain/provision/resource-state.js';
import type { CommandOutcome, RemovalOutcome } from '../../domain/resource/command-outcome.js';
import type { Choice } from '../../domain/resource/flavor.js';
import type { KnownImage } from '../../domain/resource/image.js';
import type { MarkerOwnership } from '../../domain/resource/marker.js';
import type { Observation, Pace, ResourceFacts, Verdict, Watch } from '../../domain/resource/observation.js';
import type { FailureCause } from '../../domain/resource/readiness.js';
import type { PlannedRemoval, RemovalCommand } from '../../domain/resource/removal.js';
import type { Operation } from '../operation/operation.js';

/** What to remove, and how to recognise it as ours: by its marker, or by an identity that this side recorded. */
export interface Removal {
  readonly name: string;
  /** Hashes of the workflow ids that own the resources. */
  readonly owners: readonly string[];
  readonly known: EnvironmentResources;
  /** False when a run undoes its own create, which an operator's protection does not forbid. */
  readonly respectProtection: boolean;
  /**
   * Epoch milliseconds. The protection of resources that were created before this still applies: the run did not create
   * them.
   */
  readonly protectedBefore?: number;
  /** Only its items may be deleted; without a plan, everything that is known as ours. */
  readonly plan?: PlannedRemoval;
  /**
   * `ignore`: the pool is deleted under its jobs. `neverUsable`: no node of it was ever available, so it has none.
   * @defaultValue jobs keep the pool, and the removal fails with `Busy`
   */
  readonly jobs?: 'ignore' | 'neverUsable';
  /**
   * Called when a foreign resource has the name and nothing of ours is left. Throws the failure, or returns to
   * continue.
   */
  readonly onNameTaken?: (failure: Error) => void;
}

/** What a removal is doing, as it shows in the phase of a teardown. */
export type RemovalActivity = 'stopping' | 'deleting' | 'verifying';

/** One resource, as it is observed. */
export interface Target {
  readonly id: string;
  readonly name: string;
  readonly workspaceId: string | null;
}

/** What a create of one resource depends on. */
export interface CreateOrder {
  readonly spec: Spec;
  readonly identity: Identity;
  readonly owner: MarkerOwnership;
  readonly state: ResourceState;
  /** The image that the first step of the run found. */
  readonly image: KnownImage | null;
}

interface Wait<Facts, Goal> extends Target {
  readonly goal: Goal;
  readonly watch: Watch<Facts>;
  readonly pace: Pace;
  /** Set by a removal: when its last command was sent (epoch ms), null before the first one. */
  readonly removal?: { readonly commandedAt: number | null };
  /** Given for a resource that the run created itself. */
  readonly creation?: OwnCreation;
}

/**
 * A kind of resource that operations create and remove. The loops in `provision/bring-up.ts`,
 * `provision/create.ts`, `provision/await-usable.ts` and `resource/remove.ts` work on any kind. Everything that differs
 * is here. The methods of a kind call its activities.
 */
export interface ResourceKind<Facts extends ResourceFacts = ResourceFacts, Goal = unknown> {
  /** Name of the step that creates it, of its state and of the resource in messages. */
  readonly step: ResourceStep;
  /** Steps that must be done before this one. Removal runs in reverse order. */
  readonly needs: readonly ResourceStep[];
  readonly creating: { readonly phase: Phase; readonly percent: Piece };
  readonly awaiting: { readonly phase: Phase; readonly percent: Piece };
  /** What a teardown shows. */
  readonly removing: Readonly<Record<RemovalActivity, { readonly phase: Phase; readonly percent: number }>>;
  readonly failures: Readonly<
    Record<FailureCause, { readonly type: FailureType; readonly hint: (name: string) => string }>
  >;
  readonly soldOutHint: string;
  /**
   * `byName`: the id is derived from the name, so one resource at most has it, and a foreign one may.
   * `byMarker`: the service assigns ids. Ours are found by their marker, and there may be duplicates. Where
   * `namesRepeat`, a foreign resource of the same name is of no concern.
   */
  readonly identity:
    | {
        readonly byName: (name: string, projectId: string) => string;
        /** Whether neither show nor list has it. */
        readonly isGone: (op: Operation, target: Target) => Promise<boolean>;
      }
    | {
        readonly byMarker: (op: Operation, removal: Removal) => Promise<readonly (Facts & Target)[]>;
        readonly namesRepeat?: true;
      };
  /**
   * Whether the service lists what is on sale. Without a list, only a refused create shows that capacity is missing.
   */
  readonly hasSaleStatus: boolean;
  /** The state in which nothing but absence ends a wait. */
  readonly gone: Goal;

  /** The name and workspace that the spec asks for; null when it asks for none of this kind. */
  wanted(spec: Spec): { readonly name: string; readonly workspaceId: string | null } | null;
  /** The ways to create it, first choice first. */
  choices(spec: Spec): readonly Choice[];
  describe(spec: Spec, choice: number): string;
  goal(spec: Spec, choice: number): Goal;
  judge(name: string, facts: Facts | null, goal: Goal): Verdict;
  /** True when a part of it is usable at the deadline. */
  isPartial(facts: Facts, goal: Goal): boolean;
  /** Its part of the progress; `facts` is null when there is none. */
  progress(facts: Facts | null, at: number, goal: Goal): Partial<Progress>;
  /** Share of the wait that is over, 0 to 1. */
  share(facts: Facts, goal: Goal): number;
  /** Whether somebody may use it; absent for a kind that only its owner uses. */
  isInService?(facts: Facts): boolean;
  /** Called when the id of the resource is known. */
  identified(op: Operation, id: string): void;

  /** `limitMs` of this and the next ones: the time after which the server ends the call. */
  findExisting(order: CreateOrder, limitMs?: number): Promise<readonly ExistingResource[]>;
  /** Finds what a create needs, such as the id of an image. Called before each create, on the clock of the step. */
  prepare?(order: CreateOrder, limitMs: number): Promise<string>;
  /** Sends one create with what `prepare` found; null without it. */
  create(order: CreateOrder, prepared: string | null): Promise<CreateOutcome>;
  observe(op: Operation, wait: Wait<Facts, Goal>, limitMs?: number): Promise<Observation<Facts>>;
  /** The command that a resource needs that does not become usable by itself; null when it needs none. */
  start(op: Operation, facts: Facts): ((limitMs: number) => Promise<CommandOutcome>) | null;

  /** The state that a command is sent for. A command counts as without effect while it stays the same. */
  removalState(facts: Facts): string;
  /** The next command that removes it, after so many commands without effect. */
  nextRemoval(facts: Facts, tries: number): RemovalCommand | 'wait';
  command(
    op: Operation,
    command: RemovalCommand,
    target: ResourceRef & { readonly name: string },
    removal: Removal,
  ): Promise<RemovalOutcome>;

  /** Whether a resource of this step is of this kind: two kinds may share a step, such as the two notebook APIs. */
  hasId(id: string): boolean;
  /** Its part of the resources that an operation or a lease owns. */
  known(resources: Pick<EnvironmentResources, 'pool' | 'notebooks'>): readonly ResourceRef[];
  without(resources: EnvironmentResources): EnvironmentResources;
}

/** Shows that none is left, unless the shown resource is of another kind. */
export function showNone(op: Operation, kind: ResourceKind): void {
  const shown = op.state.progress[kind.step];
  if (shown === null || kind.hasId(shown.id)) op.update(kind.progress(null, 0, kind.gone));
}

/** The name that the spec gives to the resource. */
export function nameIn(kind: ResourceKind, spec: Spec): string {
  const wanted = kind.wanted(spec);
  if (wanted === null) throw new Error(`The ${kind.step} step runs without a ${kind.step} in the spec.`);
  return wanted.name;
}

/** The resource in messages, such as `pool team-a`. */
export function labelIn(kind: ResourceKind, spec: Spec): string {
  return `${kind.step} ${nameIn(kind, spec)}`;
}
