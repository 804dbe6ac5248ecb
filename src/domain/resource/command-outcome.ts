import type { PoolUse } from './pool-use.js';

/**
 * The outcome of a command on a resource, such as a stop or a delete. A command that was not sent is never treated as
 * done.
 */
export type CommandOutcome = SentCommand | NotSent;

type SentCommand =
  | { readonly outcome: 'sent' }
  /** The service did not accept it because of another change in progress. */
  | {
      readonly outcome: 'refused';
      readonly why: string;
      readonly errorCode: string | null;
      readonly requestId: string | null;
    };

/** A pool was not deleted, because jobs use it or because that is not known. */
export interface PoolInUse {
  readonly outcome: 'inUse';
  readonly use: PoolUse;
}

export type RemovalOutcome = CommandOutcome | PoolInUse;

/** `gone`: it does not exist. `replaced`: another resource has its id. `already`: the command would change nothing. */
export interface NotSent {
  readonly outcome: 'notSent';
  readonly reason: 'gone' | 'replaced' | 'already';
  readonly why: string;
}

export const sent: CommandOutcome = { outcome: 'sent' };

export function notSent(reason: NotSent['reason'], label: string): NotSent {
  return { outcome: 'notSent', reason, why: `${label} ${words[reason]}` };
}

const words: Readonly<Record<NotSent['reason'], string>> = {
  gone: 'does not exist',
  replaced: 'was replaced by another resource',
  already: 'is already in that state',
};
