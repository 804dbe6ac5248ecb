/** What each activity does, in words; `{}` stands for its summary, which names the resource. */
export const activityWords: Readonly<Record<string, string>> = {
  checkSpec: 'check the spec of {}',
  changeSpec: 'check the changed spec of {}',
  identify: 'ask whose project this is, for {}',
  refuseDuringTeardown: 'see that {} is not being torn down',
  describeOtherSpec: 'ask what it was made from: {}',
  checkFeasibility: 'see that {} can be created',
  checkNetwork: 'look for {}',
  checkNotebookApi: 'see that the account can have {}',
  readFlavors: 'look up where {} is on sale',
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
  dequeueNotebook: 'take {} out of its queue',
  deleteNotebook: 'delete {}',
  setAutoStop: 'set when {} stops',
  isLeased: 'ask whether a lease owns {}',
  signalProtectionChanged: 'tell the lease that protection changed: {}',
  refreshLease: 'refresh: {}',
  transferToLease: 'hand over to {}',
  transferRemainder: 'hand what is left over: {}',
  lookAtLeased: 'look at {}',
  cancelAndAwait: 'call off what is under way on {}',
  cancelRun: 'request the cancellation of {}',
  sendWebhook: 'tell the webhook: {}',
  readInventory: 'read the {} of the project',
  readOwnership: 'ask Temporal for {}',
  readPrices: 'read the {}',
  lookAgain: 'look again at {}',
  setProtection: 'set the mark: {}',
  seeProtection: 'wait until the mark is seen: {}',
  planSweep: 'plan the sweep of {}',
  planTeardown: 'make the {}',
  recheckItems: 'check again before deleting: {}',
  startOperation: 'start or join {}',
  awaitSpec: 'wait until it has checked its spec: {}',
  awaitOperation: 'wait for the end of {}',
  followOperation: 'follow {}',
};

/** An activity as people know it; one that has no words here is at least readable. */
export function describeCall(type: string, summary: string | null): string {
  const words = activityWords[type];
  if (words !== undefined) return words.replace('{}', summary ?? 'it');
  const plain = type.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return summary === null ? plain : `${plain}: ${summary}`;
}
