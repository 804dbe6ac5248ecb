import { defineScheduleSteering } from '../schedule-steering.js';

/** `maops schedule pause`: no run is started until it is resumed. */
export const schedulePause = defineScheduleSteering('pause', 'holidays', (schedules, name, said) =>
  schedules.pause(name, said),
);
