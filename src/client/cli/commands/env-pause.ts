import { defineSteering } from '../steering.js';

/** `maops env pause`: no create or delete is sent until it is resumed. */
export const envPause = defineSteering('pause', 'quota is being raised', (operations, name, said) =>
  operations.pause(name, said),
);
