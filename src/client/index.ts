export { type FailureType, failureTypes } from '../contract/failures.js';
export type { TriedNow } from '../contract/messages.js';
export { isEnding, isSuccess, type Phase, phases } from '../contract/phases.js';
export type { Progress, Retrying } from '../contract/progress.js';
export type { Spec } from '../contract/spec.js';
export type { PlanItemResult, SweepProgress } from '../contract/workflows.js';
export type { AuditFinding, AuditReport } from '../domain/audit/report.js';
export type { PriceTable } from '../domain/price.js';
export type { ScheduleWarning } from '../domain/schedule/zone-changes.js';
export type { KeptItem, Plan, PlanItem, RemovalReason } from '../domain/teardown/plan.js';
export type {
  ChangeOptions,
  CommandOptions,
  Created,
  CreateOptions,
  ExtendOptions,
  OperationHandle,
  ResolveOptions,
} from './api-types.js';
export type { AuditOptions } from './audits.js';
export type { BulkResult, BulkScope } from './bulk.js';
export { type ConnectOptions, connect, connectSchedules } from './connect.js';
export type { EnvironmentSummary } from './environment-summary.js';
export {
  InvalidCommandError,
  InvalidQueryError,
  InvalidScheduleError,
  InvalidSpecError,
  NotAuthorizedError,
  OperationFailedError,
  OperationNotFoundError,
  OperationRefusedError,
  OperationsError,
  ProtectedError,
  ServerUnreachableError,
  SpecConflictError,
  WorkerUnreachableError,
} from './errors.js';
export type { Explanation } from './explanation.js';
export type { ResourceKindName } from './find-run.js';
export type { FollowOptions } from './follow.js';
export type { RunHistoryEntry } from './history.js';
export type { DetailsOptions, ListOptions } from './list-environments.js';
export type { Operations } from './operations.js';
export type { HistoryEntry } from './run-events.js';
export type { NewSchedule } from './schedule-check.js';
export type { ScheduleDetails, ScheduledResult, ScheduleRow } from './schedule-view.js';
export type { Schedules } from './schedules.js';
export type { SweepRequest } from './sweeps.js';
export type { Teardown } from './teardown.js';
