import {
  acquireUpdate,
  announceCancelSignal,
  extendLeaseUpdate,
  protectionChangedSignal,
  releaseLeaseUpdate,
} from '../contract/messages.js';
import { isFields } from '../spec/finding.js';
import type { AttemptFailure, HistoryEvent } from './temporal/history-event.js';

/** What each activity does; `{}` is replaced by its summary, which names the resource. */
export const activityDescriptions = {
  validate: 'check the spec of {}',
  checkService: 'check that {} can be created',
  changeSpec: 'check the changed spec of {}',
  identify: 'identify the installation for {}',
  describeOtherSpec: 'find the spec it was created from: {}',
  readFlavors: 'read the sale status of {}',
  awaitCapacity: 'wait until {} is on sale',
  findExistingPool: 'look for {}',
  createPool: 'create {}',
  observePool: 'wait for {}',
  deletePool: 'delete {}',
  findExistingNotebook: 'look for {}',
  findOwnedNotebooks: 'look for {}',
  createNotebook: 'create {}',
  observeNotebook: 'wait for {}',
  resolveNotebook: 'find {}',
  startNotebook: 'start: {}',
  stopNotebook: 'stop {}',
  dequeueNotebook: 'remove {} from its queue',
  deleteNotebook: 'delete {}',
  setAutoStop: 'set the stop time of {}',
  isLeased: 'check whether a lease owns {}',
  signalProtectionChanged: 'announce the changed protection: {}',
  refreshLease: 'refresh: {}',
  transferToLease: 'transfer ownership to {}',
  transferRemainder: 'transfer the remaining resources: {}',
  observeLeased: 'observe {}',
  cancelAndAwait: 'cancel the operations on {}',
  cancelRun: 'request the cancellation of {}',
  sendWebhook: 'send the webhook: {}',
  readInventory: 'read the {} of the project',
  readOwnership: 'ask Temporal for {}',
  surveyProject: 'read the {} of the project',
  auditPage: 'ask Temporal for the {}',
  findOrphans: 'look for the orphan {}',
  setProtection: 'set the protection: {}',
  seeProtection: 'wait until the protection is visible: {}',
  planSweep: 'plan the sweep of {}',
  planPage: 'record the {}',
  readPlanPage: 'read the {}',
  planTeardown: 'create the {}',
  recheckItems: 'check again before deleting: {}',
  startOperation: 'start or join {}',
  awaitSpec: 'wait for the checked spec of {}',
  awaitOperation: 'wait for the end of {}',
  followOperation: 'follow {}',
  checkArgument: 'check the argument of {}',
  createCurrentNotebook: 'create {}',
  observeCurrentNotebook: 'wait for {}',
  startCurrentNotebook: 'start: {}',
  stopCurrentNotebook: 'stop {}',
  deleteCurrentNotebook: 'delete {}',
  findExistingCurrentNotebook: 'look for {}',
  findOwnedCurrentNotebooks: 'look for {}',
  findOwnedHistoricalNotebooks: 'look for {}',
  resolveImage: 'find the image of {}',
  tagNotebook: 'tag {}',
  renewNotebook: 'renew the stop time of {}',
  prolongNotebook: 'renew the stop time of {}',
  runTimeOf: 'read the stop time of {}',
  readPoolUse: 'read the jobs on {}',
  awaitPoolUse: 'wait for the jobs on {}',
} as const satisfies Readonly<Record<string, string>>;

/** The entry of a type that a history names; a history of another version may name others. */
const descriptions: Readonly<Record<string, string>> = activityDescriptions;

/** What an activity does, such as `delete pool team-a`. An unknown type is split into words. */
export function describeCall(type: string, summary: string | null): string {
  const description = descriptions[type];
  if (description !== undefined) return description.replace('{}', summary ?? 'it');
  const words = type.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return summary === null ? words : `${words}: ${summary}`;
}

type Message = Extract<HistoryEvent, { event: 'message' }>;

/**
 * A message with its actor and reason, such as `pause by ana: maintenance`. Other arguments may be long and are left
 * out.
 */
export function describeMessage({ kind, name, argument }: Message, failure: AttemptFailure | null): string {
  const command = isFields(argument) ? argument : {};
  const by = textIn(command.by);
  const reason = textIn(command.reason);
  const text = `${verbOf(name, command)}${by === null ? '' : ` by ${by}`}${reason === null ? '' : `: ${reason}`}`;
  if (kind === 'signal') return text;
  return failure === null ? text : `${text} (refused: ${failure.message})`;
}

function verbOf(name: string, { verb, cause, duration, changes }: Readonly<Record<string, unknown>>): string {
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
    // An operation that ends sends it to the lease.
    case acquireUpdate.name:
      return 'take ownership';
    default: {
      const changed = isFields(changes) ? ` with ${describeChanges(changes)}` : '';
      return `${name}${word === null ? '' : ` ${word}`}${changed}`;
    }
  }
}

/** A longer value is cut. */
const longestValue = 60;

function describeChanges(changes: Readonly<Record<string, unknown>>): string {
  return Object.entries(changes)
    .map(([path, value]) => {
      // The URL of a webhook is often a secret.
      if (path.startsWith('lease')) return path;
      const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
      return `${path}=${text.length > longestValue ? `${text.slice(0, longestValue)}…` : text}`;
    })
    .join(', ');
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
