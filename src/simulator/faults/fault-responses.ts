import { ApiError, currentNotebookError, gatewayError, notebookError } from '../errors.js';
import type { SimResponse } from '../http-messages.js';
import type { Json } from '../json.js';
import { notebookGenerationOf, type Operation } from '../operations.js';
import type { FaultBody, ResponseFault } from './fault.js';

const BAD_GATEWAY =
  '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>';

/** The response of a fault; undefined when the fault has none of its own. */
export function plannedResponse(
  fault: ResponseFault,
  operation: Operation,
  requestId: string,
): { status: number; headers: Record<string, string>; body: FaultBody } | undefined {
  switch (fault.kind) {
    case 'status':
      return {
        status: fault.status,
        headers: { ...fault.headers },
        body: fault.body ?? defaultBody(fault.status, operation, requestId),
      };
    case 'throttle':
      return fromError(throttleError(fault.code ?? 'APIGW.0308', fault.retryAfter), requestId);
    case 'unauthorized':
      return fromError(unauthorizedError(fault.reason ?? 'expired'), requestId);
    case 'forbidden':
      return fromError(
        fault.code === 'APIGW.0302'
          ? gatewayError(403, '0302', 'The user is not authorized to access the API.')
          : forbiddenError(operation),
        requestId,
      );
    case 'deleteFails':
      return fromError(
        layerOf(operation) !== 'pools'
          ? new ApiError(layerOf(operation), 500, 'ModelArts.0010', 'Internal error.')
          : new ApiError('pools', 500, 'ModelArts.50005000', 'internal error'),
        requestId,
      );
    case 'hang':
    case 'lost':
    case 'halfBody':
      return undefined;
  }
}

/** The 403 of the service. */
export function forbiddenError(operation: Operation): ApiError {
  return new ApiError(
    layerOf(operation),
    403,
    'ModelArts.0108',
    `You are not authorized to perform the (${operation}) operation.`,
  );
}

/** Whether the call takes effect in spite of the fault. */
export function commitsWork(fault: ResponseFault): boolean {
  switch (fault.kind) {
    case 'status':
    case 'hang':
      return fault.commit === true;
    case 'lost':
      return fault.at === 'after';
    case 'halfBody':
      return true;
    case 'throttle':
    case 'unauthorized':
    case 'forbidden':
    case 'deleteFails':
      return false;
  }
}

/** Serialises a body and sets its content type. */
export function renderResponse(status: number, headers: Record<string, string>, body: FaultBody): SimResponse {
  if ('html' in body) return { status, headers: { ...headers, 'content-type': 'text/html' }, body: body.html };
  if ('text' in body) return { status, headers: { ...headers, 'content-type': 'text/plain' }, body: body.text };
  if ('empty' in body) return { status, headers, body: '' };
  const typed = { 'content-type': 'application/json; charset=UTF-8', ...headers };
  if ('half' in body) return truncated({ status, headers: typed, body: JSON.stringify(body.half) });
  return { status, headers: typed, body: JSON.stringify(body.json) };
}

/** A response whose body ends in the middle, while content-length states the full length. */
export function truncated(response: SimResponse): SimResponse {
  const bytes = Buffer.byteLength(response.body);
  return {
    status: response.status,
    headers: { ...response.headers, 'content-length': String(bytes) },
    body: response.body.slice(0, Math.floor(response.body.length / 2)),
    cut: true,
  };
}

/** The 429 of the gateway or of the service (docs/api/notebooks-and-auth.md "5.3 Throttling facts", "6. Examples"). */
export function throttleError(code: string, retryAfter?: number): ApiError {
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  const seconds = Math.max(1, Math.ceil(retryAfter ?? 1));
  const unit = seconds === 1 ? 'second' : 'seconds';
  return code.startsWith('ModelArts')
    ? new ApiError('notebooks', 429, code, 'The system is busy now. Please try again later.', headers)
    : new ApiError(
        'gateway',
        429,
        code,
        `The throttling threshold has been reached: policy user over ratelimit,limit:10,time:${seconds} ${unit}`,
        headers,
      );
}

function unauthorizedError(reason: 'expired' | 'garbage' | 'mustUpdate' | 'service'): ApiError {
  const prefix = 'Incorrect IAM authentication information: ';
  switch (reason) {
    case 'expired':
      return gatewayError(401, '0301', `${prefix}token expires, expires_at: 2026-01-01T00:00:00.000000Z`);
    case 'garbage':
      return gatewayError(401, '0301', `${prefix}decrypt token fail`);
    case 'mustUpdate':
      return gatewayError(401, '0307', 'The token must be updated.');
    case 'service':
      return new ApiError('pools', 401, 'ModelArts.50001000', 'token is invalid');
  }
}

/** The typical body for a status, when the fault has no body. */
function defaultBody(status: number, operation: Operation, requestId: string): FaultBody {
  if (status === 502) return { html: BAD_GATEWAY };
  if (status === 204) return { empty: true };
  if (status < 400) return { json: {} };
  const error =
    status === 503
      ? gatewayError(503, '0613', 'The IAM service is currently unavailable.')
      : status === 504
        ? gatewayError(504, '0201', 'Backend timeout.')
        : status === 408
          ? new ApiError('notebooks', 408, 'ModelArts.6100', 'The request timed out. Please try again.')
          : serviceError(status, operation);
  return { json: error.body(requestId) };
}

function serviceError(status: number, operation: Operation): ApiError {
  const layer = layerOf(operation);
  const internal = status >= 500;
  switch (layer) {
    case 'notebooks':
      return notebookError(internal ? '0010' : '0104', internal ? 'Internal error.' : 'Parameter error.');
    case 'currentNotebooks':
      return currentNotebookError(
        internal ? '0010' : '6400',
        internal ? 'Internal error.' : 'Parameter error.',
        status,
      );
    case 'pools':
      return new ApiError(layer, status, internal ? 'ModelArts.50005000' : 'ModelArts.50004000', 'internal error');
  }
}

/** The layer whose error body an operation has. */
function layerOf(operation: Operation): 'pools' | 'notebooks' | 'currentNotebooks' {
  const generation = notebookGenerationOf(operation);
  if (generation === undefined) return 'pools';
  return generation === 'historical' ? 'notebooks' : 'currentNotebooks';
}

function fromError(
  error: ApiError,
  requestId: string,
): { status: number; headers: Record<string, string>; body: { json: Json } } {
  return { status: error.status, headers: { ...error.headers }, body: { json: error.body(requestId) } };
}
