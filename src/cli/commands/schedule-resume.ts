import { defineScheduleSteering } from '../schedule-steering.js';

/** `maops schedule resume`: goes on, also after a failed run; what was missed or skipped so far counts as seen. */
export const scheduleResume = defineScheduleSteering('resume', 'quota is raised', (schedules, name, said) =>
  schedules.resume(name, said),
);
