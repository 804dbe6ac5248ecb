import type { Json } from './json.js';

/**
 * The layer that responds. Each has its own error body (docs/api/notebooks-and-auth.md "4.6 Authentication failures",
 * docs/api/pools-and-flavors.md "1.2 Error envelope").
 */
export type ErrorLayer = 'pools' | 'notebooks' | 'currentNotebooks' | 'gateway' | 'iam';

/** An error response of the API. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly layer: ErrorLayer,
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  /** The documented body of the layer. */
  body(requestId: string): Json {
    switch (this.layer) {
      case 'pools':
      case 'currentNotebooks':
        return { error_code: this.code, error_msg: this.message };
      case 'notebooks':
        return { error_message: this.message, error_code: this.code };
      case 'gateway':
        return { error_msg: this.message, error_code: this.code, request_id: requestId };
      case 'iam':
        return { error: { message: this.message, code: this.status, title: this.code } };
    }
  }
}

/** 400 of the pool API: the documented text, followed by the reason. */
export function badRequest(detail?: string): ApiError {
  return new ApiError(
    'pools',
    400,
    'ModelArts.50004000',
    detail === undefined ? 'Bad request' : `Bad request. ${detail}`,
  );
}

/** An error of the pool API. */
export function poolError(status: number, code: string, message: string): ApiError {
  return new ApiError('pools', status, `ModelArts.${code}`, message);
}

/** An error of the historical notebook API, which always uses HTTP 400. */
export function notebookError(code: string, message: string): ApiError {
  return new ApiError('notebooks', 400, `ModelArts.${code}`, message);
}

/**
 * An error of the current notebook API: HTTP 400, even when the instance does not exist (docs/api/notebooks-current.md
 * "10. Errors").
 */
export function currentNotebookError(code: string, message: string, status = 400): ApiError {
  return new ApiError('currentNotebooks', status, `ModelArts.${code}`, message);
}

/** An error of the gateway, in front of ModelArts. */
export function gatewayError(
  status: number,
  code: string,
  message: string,
  headers?: Record<string, string>,
): ApiError {
  return new ApiError('gateway', status, `APIGW.${code}`, message, headers);
}

/** A control call, fault or option that is not valid. The message states what is expected. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
