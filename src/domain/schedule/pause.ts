/**
 * Failures that pause the schedule of a sweep, because the next sweep would fail the same way or delete too much:
 * invalid rules, too large a share, and a sweep that Temporal no longer has. After any other failure the next sweep
 * runs.
 */
const pausesSweeps: readonly string[] = ['InvalidSpec', 'RequestRejected', 'UnknownOutcome'];

/** Whether a failed operation fails its scheduled run, which may pause the schedule. Otherwise it is only shown. */
export function failsSchedule(isSweep: boolean, phase: string | null, type: string): boolean {
  if (isSweep) return phase !== 'Cancelled' && pausesSweeps.includes(type);
  // A job that is still running is no reason to skip the next runs.
  return type !== 'Busy';
}
