import { defineSteeringOfMany } from '../steering.js';

/** `maops env resume`: goes on after a pause. */
export const envResume = defineSteeringOfMany(
  {
    verb: 'resume',
    reason: 'quota was raised',
    steer: (operations, name, said) => operations.resume(name, said),
  },
  { audience: 'everyone', query: 'MaopsPhase="Paused"' },
);
