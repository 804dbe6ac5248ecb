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

/** The main job: a pool, then a notebook on it. The argument is the spec document; `carried` is set by continue-as-new alone. */
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

/** Owns what is left alive on purpose. */
export async function leaseEnvironment(input: LeaseInput, carried?: Parameters<typeof lease>[1]): Promise<Progress> {
  return await reportingMistakes(() => lease(input, carried));
}

/** Removes everything of a name, and ends only when its absence is verified. */
export async function teardownEnvironment(
  input: TeardownInput,
  carried?: Parameters<typeof teardown>[1],
): Promise<SweepProgress> {
  return await reportingMistakes(() => teardown(input, carried));
}

/** One start or stop, until it is seen. */
export async function changeResource(input: ChangeInput): Promise<Progress> {
  return await reportingMistakes(() => change(input));
}

/** Tells whose everything is; with `adopt` gives one orphan an owner again. */
export async function auditResources(input?: AuditInput): Promise<AuditProgress> {
  return await reportingMistakes(() => audit(input));
}

/** Makes the plan of a sweep, and with `apply` carries it out. */
export async function sweepExpired(input?: SweepInput, carried?: Parameters<typeof sweep>[1]): Promise<SweepProgress> {
  return await reportingMistakes(() => sweep(input, carried));
}

/** What a Temporal Schedule starts: starts or joins the workflow with its true id, and ends as that ends. */
export async function runScheduled(
  input: ScheduledInput,
  carried?: Parameters<typeof scheduled>[1],
): Promise<Progress> {
  return await reportingMistakes(() => scheduled(input, carried));
}
