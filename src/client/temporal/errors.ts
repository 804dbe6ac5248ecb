import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, NamespaceNotFoundError } from '@temporalio/common';
import { findEncryptedPayload } from '../../codec/errors.js';
import type { HttpProxy } from '../../config.js';
import { grpcCodes, grpcStatus } from '../../temporal/grpc-errors.js';
import {
  InvalidQueryError,
  NotAuthorizedError,
  OperationNotFoundError,
  OperationRefusedError,
  OperationsError,
  ServerUnreachableError,
  UnreadableError,
  WorkerUnreachableError,
} from '../errors.js';

/** The Temporal server and task queue, which errors name. */
export interface Place {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** The proxy on the way to the address. */
  readonly proxy?: HttpProxy | null;
}

/**
 * Who responds to a call: a worker to queries and updates, the server to all others. A timeout means that it is
 * missing.
 */
export type Answerer = 'server' | 'worker';

/** Converts an error of the Temporal client. */
export function castError(error: unknown, place: Place, subject: string, answerer: Answerer): OperationsError {
  if (error instanceof OperationsError) return error;
  const unreadable = findEncryptedPayload(error);
  if (unreadable !== null) return new UnreadableError(subject, unreadable);
  if (error instanceof WorkflowUpdateFailedError) return updateRefused(error, subject);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return new WorkerUnreachableError(place.taskQueue, error);
  if (error instanceof WorkflowNotFoundError) return notOpen(subject, error);
  if (error instanceof NamespaceNotFoundError) return noNamespace(place, error);
  const status = grpcStatus(error);
  if (status === null) return new OperationsError(`${subject}: ${messageOf(error)}`, { cause: error });
  switch (status.code) {
    case grpcCodes.unavailable:
      return new ServerUnreachableError(place.address, error, { proxy: place.proxy });
    // Depending on which side timed out first, the code is either of these.
    case grpcCodes.cancelled:
    case grpcCodes.deadlineExceeded:
      return answerer === 'worker'
        ? new WorkerUnreachableError(place.taskQueue, error)
        : new ServerUnreachableError(place.address, new Error('no response in time'), { proxy: place.proxy });
    case grpcCodes.failedPrecondition:
      if (answerer === 'worker') return new WorkerUnreachableError(place.taskQueue, error);
      return new OperationsError(`${subject}: ${status.details}`, { cause: error });
    case grpcCodes.permissionDenied:
    case grpcCodes.unauthenticated:
      return new NotAuthorizedError(`Temporal at ${place.address} rejected the credentials: ${status.details}`, {
        hint: `Check TEMPORAL_API_KEY or the TEMPORAL_TLS_* settings, and their access to namespace ${place.namespace}.`,
        cause: error,
      });
    // A web server or a proxy responds so to gRPC; a Temporal server supports these calls.
    case grpcCodes.unimplemented:
      return new OperationsError(`the server at ${place.address} is not a Temporal server: ${status.details}`, {
        hint: 'Set TEMPORAL_ADDRESS to host:port of the Temporal server, not of its UI.',
        cause: error,
      });
    case grpcCodes.notFound:
      return /namespace/i.test(status.details) ? noNamespace(place, error) : notOpen(subject, error);
    case grpcCodes.invalidArgument:
      if (!/search attribute/i.test(status.details)) break;
      return new OperationsError(`${subject}: ${status.details}`, {
        hint: `Register the search attributes in namespace ${place.namespace}: \`maops setup\`.`,
        cause: error,
      });
    default:
      break;
  }
  return new OperationsError(`${subject}: ${status.details || messageOf(error)}`, { cause: error });
}

/** As `castError`, for a list whose query may be wrong. */
export function castListError(error: unknown, place: Place): OperationsError {
  const status = grpcStatus(error);
  if (status?.code !== grpcCodes.invalidArgument) return castError(error, place, 'listing operations', 'server');
  return new InvalidQueryError(`Temporal does not accept the query: ${status.details}`, {
    hint: 'Use a List Filter of Temporal, such as MaopsPhase="AwaitingOperator" AND StartTime < "2026-01-31T00:00:00Z".',
    cause: error,
  });
}

function updateRefused(error: WorkflowUpdateFailedError, subject: string): OperationsError {
  const cause = error.cause;
  // The server's failure for an update that was accepted before the run ended.
  if (cause instanceof ApplicationFailure && cause.type === 'AcceptedUpdateCompletedWorkflow')
    return notOpen(subject, error);
  return new OperationRefusedError(`${subject}: ${cause === undefined ? error.message : messageOf(cause)}`, {
    cause: error,
  });
}

function notOpen(subject: string, cause: unknown): OperationRefusedError {
  return new OperationRefusedError(`${subject}: no open operation`, { cause });
}

function noNamespace(place: Place, cause: unknown): OperationsError {
  return new OperationNotFoundError(`Temporal at ${place.address} has no namespace ${place.namespace}`, {
    hint: 'Set TEMPORAL_NAMESPACE to an existing namespace, or create it with the Temporal CLI.',
    cause,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
