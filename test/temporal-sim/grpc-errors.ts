import { AlreadyStarted, RunNotFound } from './namespace.js';
import { UpdateAborted } from './updates.js';

/** Codes of gRPC. */
export const codes = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  unavailable: 14,
} as const;

/** An error as the client expects it from a gRPC call. */
export class GrpcError extends Error {
  readonly details: string;
  readonly metadata = { get: () => [] };

  constructor(
    readonly code: number,
    message: string,
  ) {
    super(`${code} ${message}`);
    this.details = message;
  }
}

/** The response, or the gRPC error of a cancelled call or an expired deadline. */
export function raced<T>(
  answer: Promise<T>,
  signal: AbortSignal | undefined,
  timeout: Promise<void> | null,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancelled = () => reject(new GrpcError(codes.cancelled, 'CANCELLED: Call cancelled'));
    if (signal?.aborted === true) cancelled();
    signal?.addEventListener('abort', cancelled, { once: true });
    answer.then(resolve, reject).finally(() => signal?.removeEventListener('abort', cancelled));
    timeout?.then(() => reject(new GrpcError(codes.deadlineExceeded, 'Deadline exceeded')), reject);
  });
}

/** The error as the client receives it. */
export function asGrpcError(error: unknown): unknown {
  if (error instanceof RunNotFound || error instanceof UpdateAborted)
    return new GrpcError(codes.notFound, error.message);
  if (error instanceof AlreadyStarted) return new GrpcError(codes.alreadyExists, error.message);
  return error;
}
