import type { FailureType } from './failures.js';
import type { Phase } from './phases.js';

export const stepNames = ['validate', 'pool', 'notebook'] as const;
export type StepName = (typeof stepNames)[number];
/** Steps that create a resource, each named after its kind. */
export type ResourceStep = Exclude<StepName, 'validate'>;
export type StepState = 'pending' | 'running' | 'done' | 'failed' | 'skipped' | 'undoing' | 'undone';

export interface Step {
  readonly name: StepName;
  readonly state: StepState;
  readonly startedAt?: string;
  /** Number of attempts of the step. Each further flavor choice is an attempt. */
  readonly attempt?: number;
}

export interface PoolProgress {
  readonly id: string;
  readonly phase: string | null;
  readonly nodes: {
    readonly wanted: number;
    readonly available: number;
    readonly creating: number;
    readonly abnormal: number;
  };
  readonly scopes: Readonly<Record<string, string>>;
  readonly driver: string | null;
  /** Billed nodes by flavor: those that exist or are being created. Empty until the pool was observed. */
  readonly flavors: Readonly<Record<string, number>>;
  /** Whether `maops:keep` is set; null until the pool was observed. */
  readonly protected: boolean | null;
  /** Time of the observation; null until the pool was observed. */
  readonly observedAt: string | null;
}

export interface NotebookProgress {
  readonly id: string;
  readonly status: string | null;
  readonly url: string | null;
  readonly autoStopAt: string | null;
  /** Whether `maops:keep` is set; null until the notebook was observed. */
  readonly protected: boolean | null;
  /** Time of the observation; null until the notebook was observed. */
  readonly observedAt: string | null;
}

export interface FailureProgress {
  readonly step: StepName | null;
  readonly type: FailureType;
  readonly message: string;
  readonly errorCode: string | null;
  readonly requestId: string | null;
  readonly hint: string | null;
}

export interface Awaiting {
  readonly kind: 'approval' | 'capacity' | 'operator';
  readonly since: string;
  readonly deadline: string | null;
  readonly verbs: readonly string[];
}

export interface LeaseProgress {
  readonly endsAt: string | null;
  readonly maxEndsAt: string | null;
  readonly extensions: number;
}

/** How the last attempt of a call failed. */
export interface RetryError {
  readonly type: FailureType;
  /** HTTP status; null without a response, and for a refusal that has none. */
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly requestId: string | null;
  readonly message: string;
}

/** A failed call that an operation retries, and when. */
export interface Retrying {
  /** The call, such as `deleting pool team-a`. */
  readonly operation: string;
  readonly error: RetryError;
  /** Number of failed attempts in a row. An attempt of a stop or delete is up to five calls within seconds. */
  readonly attempt: number;
  /** Time of the first failed attempt. */
  readonly since: string;
  readonly nextTryAt: string;
}

export interface AuditEntry {
  readonly at: string;
  readonly by: string;
  readonly verb: string;
  readonly reason: string;
}

/** The result of the `progress` query, as `--json` prints it. Every key is always present; times are RFC 3339 UTC. */
export interface Progress {
  readonly name: string;
  readonly operation: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly phase: Phase;
  readonly phaseSince: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** 0..100, from facts (steps, nodes, queue rank), never from a timer. */
  readonly percent: number;
  /** One line that names what is being waited for. */
  readonly why: string;
  readonly steps: readonly Step[];
  readonly pool: PoolProgress | null;
  readonly notebook: NotebookProgress | null;
  readonly failure: FailureProgress | null;
  readonly awaiting: Awaiting | null;
  readonly lease: LeaseProgress | null;
  /** The failed call that is retried; null when there is none. */
  readonly retrying: Retrying | null;
  /** When a removal passed `deadlines.undo`; it continues. Null when none is overdue. */
  readonly overdueSince: string | null;
  /** Workflow ids whose end this operation awaits. */
  readonly waitsFor: readonly string[];
  /** The last 200 commands and events; `auditDropped` counts those before. */
  readonly audit: readonly AuditEntry[];
  readonly auditDropped: number;
}

/** The progress of a run that has just started. */
export function blankProgress(
  run: Pick<Progress, 'name' | 'operation' | 'workflowId' | 'runId' | 'phase' | 'phaseSince' | 'startedAt'>,
): Progress {
  return {
    ...run,
    endedAt: null,
    percent: 0,
    why: '',
    steps: [],
    pool: null,
    notebook: null,
    failure: null,
    awaiting: null,
    lease: null,
    retrying: null,
    overdueSince: null,
    waitsFor: [],
    audit: [],
    auditDropped: 0,
  };
}

/** True for a value that has the shape of progress. */
export function isProgress(value: unknown): value is Progress {
  if (typeof value !== 'object' || value === null) return false;
  const { phase, workflowId, steps } = value as Partial<Progress>;
  return typeof phase === 'string' && typeof workflowId === 'string' && Array.isArray(steps);
}
