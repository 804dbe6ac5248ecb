import { isGrpcServiceError, QueryNotRegisteredError } from '@temporalio/client';

/** Status codes of gRPC that have a meaning of their own here. */
export const grpcCodes = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** Codes that prove nothing about the run: Temporal was not reached, or did not accept the call. */
const serverErrors: readonly number[] = [
  grpcCodes.cancelled,
  grpcCodes.permissionDenied,
  grpcCodes.resourceExhausted,
  grpcCodes.unavailable,
  grpcCodes.unauthenticated,
];

/** The gRPC status of a client's error, or of its cause. */
export function grpcStatus(error: unknown): { readonly code: number; readonly details: string } | null {
  if (isGrpcServiceError(error)) return { code: error.code, details: error.details };
  const cause = error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) ? { code: cause.code, details: cause.details } : null;
}

/** True for an error of a call to Temporal, which a later call may not have. */
export function isTemporalError(error: unknown): error is Error {
  return error instanceof Error && codeOf(error) !== null;
}

/** True when a query reached Temporal and the run did not respond. */
export function isUnanswered(error: unknown): boolean {
  if (error instanceof QueryNotRegisteredError) return true;
  const code = codeOf(error);
  return code !== null && !serverErrors.includes(code);
}

/** The code of an error or of any of its causes. */
function codeOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'number') return error.code;
  return 'cause' in error ? codeOf(error.cause) : null;
}
