import type { Operation } from './operations.js';
import type { Handler } from './world.js';

/** One API operation. A new one needs a row here and a handler. */
export interface Route {
  readonly operation: Operation;
  readonly method: string;
  readonly pattern: RegExp;
  readonly handler: Handler;
}

/** A route with a path pattern such as `/v1/{project}/networks`. */
export function route(operation: Operation, method: string, path: string, handler: Handler): Route {
  const pattern = new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`);
  return { operation, method, pattern, handler };
}
