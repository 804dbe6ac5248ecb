import type { FailureType } from './failures.js';
import type { Phase } from './phases.js';

export const stepNames = ['validate', 'pool', 'notebook'] as const;
export type StepName = (typeof stepNames)[number];
export type StepState = 'pending' | 'running' | 'done' | 'failed' | 'skipped' | 'undoing' | 'undone';

export interface Step {
  readonly name: StepName;
  readonly state: StepState;
  readonly startedAt?: string;
  /** Counts tries of the step; a second flavor choice is a further attempt. */
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
}

export interface NotebookProgress {
  readonly id: string;
  readonly status: string | null;
  readonly url: string | null;
  readonly autoStopAt: string | null;
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

export interface AuditEntry {
  readonly at: string;
  readonly by: string;
  readonly verb: string;
  readonly reason: string;
}

/** What the `progress` query answers and every `--json` prints; every key is always there, times are RFC 3339 UTC. */
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
  /** The last 200 commands and events; `auditDropped` counts those before. */
  readonly audit: readonly AuditEntry[];
  readonly auditDropped: number;
}

/** Progress before anything but the run itself is known. */
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
    audit: [],
    auditDropped: 0,
  };
}
