import { defineSteeringOfMany } from '../steering.js';

/** `maops env pause`: no create or delete is sent until it is resumed. */
export const envPause = defineSteeringOfMany(
  {
    verb: 'pause',
    reason: 'quota is being raised',
    steer: (operations, name, said) => operations.pause(name, said),
  },
  { audience: 'everyone', query: 'MaopsEnvironment STARTS_WITH "team-"' },
);
