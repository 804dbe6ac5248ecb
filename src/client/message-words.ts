import {
  acquireUpdate,
  announceCancelSignal,
  extendLeaseUpdate,
  protectionChangedSignal,
  releaseLeaseUpdate,
} from '../contract/messages.js';
import { isFields } from '../spec/finding.js';
import type { AttemptFailure, HistoryEvent } from './temporal/history-event.js';

type Message = Extract<HistoryEvent, { event: 'message' }>;

/** Who said what: `pause by ana: maintenance`. Other arguments are not shown, because they may be long. */
export function describeMessage({ kind, name, argument }: Message, failure: AttemptFailure | null): string {
  const command = isFields(argument) ? argument : {};
  const by = textIn(command.by);
  const reason = textIn(command.reason);
  const said = `${wordsOf(name, command)}${by === null ? '' : ` by ${by}`}${reason === null ? '' : `: ${reason}`}`;
  if (kind === 'signal') return said;
  return failure === null ? said : `${said} (refused: ${failure.message})`;
}

function wordsOf(name: string, { verb, cause, duration, changes }: Readonly<Record<string, unknown>>): string {
  const word = textIn(verb);
  switch (name) {
    case announceCancelSignal.name:
      return cause === 'teardown' ? 'teardown' : 'cancel';
    case protectionChangedSignal.name:
      return 'unprotect';
    case extendLeaseUpdate.name:
      return `extend ${textIn(duration) ?? ''}`.trim();
    case releaseLeaseUpdate.name:
      return 'release';
    // What an operation that ends says to the lease that takes over.
    case acquireUpdate.name:
      return 'take over what is alive';
    default: {
      const changed = isFields(changes) ? ` with ${describeChanges(changes)}` : '';
      return `${name}${word === null ? '' : ` ${word}`}${changed}`;
    }
  }
}

/** A longer value is cut off: a line tells what was changed, not all of it. */
const longestValue = 60;

function describeChanges(changes: Readonly<Record<string, unknown>>): string {
  return Object.entries(changes)
    .map(([path, value]) => {
      // The path of a webhook often is its password.
      if (path.startsWith('lease')) return path;
      const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
      return `${path}=${text.length > longestValue ? `${text.slice(0, longestValue)}…` : text}`;
    })
    .join(', ');
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
