/** What became of a stop, a delete or another command on a resource. A command that was not sent never counts as done. */
export type CommandOutcome = SentCommand | NotSent;

type SentCommand =
  | { readonly outcome: 'sent' }
  /** The service did not accept it, because of something else that is under way. */
  | { readonly outcome: 'refused'; readonly why: string };

/** `gone`: it does not exist. `replaced`: another one has its id. `already`: it is as the command would make it. */
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
  replaced: 'is another one by now',
  already: 'is already so',
};
