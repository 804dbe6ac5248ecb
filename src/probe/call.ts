import type { z } from 'zod';
import type { WordRule } from './words.js';

/** What the product cannot do without a call. */
export type Need =
  /** Nothing works without it. */
  | 'work'
  /** Pools are not deleted without it, unless the operator says so. */
  | 'removal'
  /** One of the two notebook APIs. */
  | 'currentApi'
  | 'historicalApi'
  /** It adds information only. */
  | 'detail';

/** A read of the probe: what is sent, what the response should be, and who needs it. */
export interface ProbeCall {
  /** For example `pools.list`. */
  readonly operation: string;
  readonly template: string;
  readonly method?: 'GET' | 'POST';
  readonly query?: Readonly<Record<string, string | number>>;
  readonly schema: z.ZodType;
  /** The key of the rows; absent for a single object. */
  readonly rows?: string;
  readonly need: Need;
  /** The IAM action; null where no page names one. */
  readonly right: string | null;
  readonly words?: readonly WordRule[];
  /** Fields that a page documents and the product does not read, below a row; with `/` in front, below the root. */
  readonly unread?: readonly string[];
  readonly returnsInstance?: boolean;
  /** One call for each of the first rows of an earlier list. */
  readonly each?: {
    readonly of: string;
    readonly most: number;
    /** The id in a row; null for a row that is not asked for. */
    readonly id: (row: Readonly<Record<string, unknown>>) => string | null;
    readonly send: (id: string) => Sent;
  };
}

/** The variable part of a call. */
export interface Sent {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
}
