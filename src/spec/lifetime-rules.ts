import { parseDuration } from '../domain/duration.js';
import { type Fields, type Finding, listAt, sectionAt } from './finding.js';

/** The rules of the lease, and the endings that a subscription allows. */
export function lifetimeRules(document: Fields): Finding[] {
  return [...leaseRules(sectionAt(document, 'lease')), ...autoStopRules(document), ...subscriptionRules(document)];
}

function* leaseRules(lease: Fields): Iterable<Finding> {
  const ttl = length(lease.ttl);
  const max = length(lease.max);
  if (ttl === null) return;
  if (max !== null && ttl > max) yield { path: ['lease', 'ttl'], message: 'must not be longer than max' };
  for (const [index, warning] of listAt(lease, 'warnings').entries()) {
    const before = length(warning);
    if (before !== null && before >= ttl)
      yield { path: ['lease', 'warnings', index], message: 'must be shorter than ttl' };
  }
}

/** Without an automatic stop, a notebook would outlive its lease when no worker runs. */
function* autoStopRules(document: Fields): Iterable<Finding> {
  const { autoStop } = sectionAt(document, 'notebook');
  if (autoStop !== 'never' || document.lease === undefined) return;
  const message = 'must not be never with a lease, because the notebook has to stop when the lease ends. Remove it.';
  yield { path: ['notebook', 'autoStop'], message };
}

/** The API cannot end a subscription, so its pool must be kept. */
function* subscriptionRules(document: Fields): Iterable<Finding> {
  const billing = sectionAt(sectionAt(document, 'pool'), 'billing');
  if (String(billing.mode) !== '1') return;
  const because = 'with billing mode 1, because the API cannot end a subscription';
  if (document.onFailure !== 'keep') yield { path: ['onFailure'], message: `must be keep ${because}` };
  if (document.onCancel !== 'keep') yield { path: ['onCancel'], message: `must be keep ${because}` };
  if (document.lease !== undefined) yield { path: ['lease'], message: `not allowed ${because}` };
}

function length(written: unknown): number | null {
  return typeof written === 'string' ? parseDuration(written) : null;
}
