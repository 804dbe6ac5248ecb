import type { Progress } from '../contract/progress.js';
import type {
  AuditInput,
  AuditProgress,
  ChangeInput,
  LeaseInput,
  ScheduledInput,
  SweepInput,
  SweepProgress,
  TeardownInput,
} from '../contract/workflows.js';
import { audit } from './audit/workflow.js';
import { change } from './change/workflow.js';
import { lease } from './lease/workflow.js';
import { reportingMistakes } from './operation/mistakes.js';
import { provision } from './provision/workflow.js';
import { scheduled } from './schedule/workflow.js';
import { sweep } from './sweep/workflow.js';
import { teardown } from './teardown/workflow.js';

/**
 * The main job: a pool, then a notebook on it. The argument is the spec document; `carried` is set by continue-as-new
 * alone.
 */
export async function provisionPoolThenLaunchNotebook(
  document: unknown,
  carried?: Parameters<typeof provision>[2],
): Promise<Progress> {
  return await reportingMistakes(() => provision('provisionPoolThenLaunchNotebook', document, carried));
}

/** The pool part alone. */
export async function provisionPool(document: unknown, carried?: Parameters<typeof provision>[2]): Promise<Progress> {
  return await reportingMistakes(() => provision('provisionPool', document, carried));
}

/** The notebook alone, on an existing pool or on a public flavor. */
export async function launchNotebook(document: unknown, carried?: Parameters<typeof provision>[2]): Promise<Progress> {
  return await reportingMistakes(() => provision('launchNotebook', document, carried));
}

/** Owns the resources that stay alive. */
export async function leaseEnvironment(input: LeaseInput, carried?: Parameters<typeof lease>[1]): Promise<Progress> {
  return await reportingMistakes(() => lease(input, carried));
}

/** Deletes every resource of a name, and verifies the deletion. */
export async function teardownEnvironment(
  input: TeardownInput,
  carried?: Parameters<typeof teardown>[1],
): Promise<SweepProgress> {
  return await reportingMistakes(() => teardown(input, carried));
}

/** One start, stop, protect or unprotect. */
export async function changeResource(input: ChangeInput): Promise<Progress> {
  return await reportingMistakes(() => change(input));
}

/** Reports the owner of every resource; with `adopt`, gives one orphan an owner again. */
export async function auditResources(
  input?: AuditInput,
  carried?: Parameters<typeof audit>[1],
): Promise<AuditProgress> {
  return await reportingMistakes(() => audit(input, carried));
}

/** Makes the plan of a sweep; with `apply`, deletes what is in it. */
export async function sweepExpired(input?: SweepInput, carried?: Parameters<typeof sweep>[1]): Promise<SweepProgress> {
  return await reportingMistakes(() => sweep(input, carried));
}

/** Started by a Temporal Schedule: starts or joins an operation under its own id, and ends as that operation ends. */
export async function runScheduled(
  input: ScheduledInput,
  carried?: Parameters<typeof scheduled>[1],
): Promise<Progress> {
  return await reportingMistakes(() => scheduled(input, carried));
}
