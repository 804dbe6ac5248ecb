import { defineSteeringOfMany } from '../steering.js';

/** `maops env cancel`: the operation undoes what it made, or keeps it, by its spec. */
export const envCancel = defineSteeringOfMany(
  {
    verb: 'cancel',
    reason: 'not needed any more',
    steer: (operations, name, said) => operations.cancel(name, said),
    takesKey: false,
  },
  { audience: 'makers', query: 'MaopsPhase="AwaitingCapacity"' },
);
