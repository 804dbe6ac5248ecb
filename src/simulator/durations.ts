const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;

/**
 * The duration of each lifecycle step, in simulated milliseconds (docs/api/pools-and-flavors.md "5.6 How long things
 * take", docs/api/notebooks-and-auth.md "3.1 Old generation").
 */
export const DEFAULT_DURATIONS = {
  /** From the create response, which has no phase, to `Creating`. */
  poolAccept: 3 * SECOND,
  /** From the create response to the last node. The phase is `Running` a little earlier. */
  poolCreate: 300 * SECOND,
  poolScale: 180 * SECOND,
  poolDelete: 120 * SECOND,
  /** From `Running` to the first scope `Enabled`. */
  poolScope: 20 * SECOND,
  /** From `Running` to the driver `Running`. */
  poolDriver: 30 * SECOND,
  /** How long a failed creation is kept. */
  poolFailedKept: 3 * DAY,
  /** From the creation of a work order to its begin. */
  orderBegin: 10 * SECOND,
  networkCreate: 20 * SECOND,
  networkDelete: 20 * SECOND,
  notebookCreate: 60 * SECOND,
  notebookStart: 30 * SECOND,
  notebookStop: 10 * SECOND,
  notebookRestart: 20 * SECOND,
  notebookDelete: 0,
  /** The steps of a job from `Queue` to `Running`. */
  workloadQueue: 5 * SECOND,
  workloadPending: 5 * SECOND,
  workloadCreate: 20 * SECOND,
  workloadTerminate: 10 * SECOND,
  /** How long a finished job is listed. */
  workloadKept: 3 * DAY,
  /** The current notebook API (docs/api/notebooks-current.md "8. Status words and life"). */
  currentNotebookCreate: 30 * SECOND,
  currentNotebookStart: 20 * SECOND,
  currentNotebookStop: 10 * SECOND,
  currentNotebookDelete: 10 * SECOND,
  volumeResize: 10 * SECOND,
  storageMount: 5 * SECOND,
  storageUnmount: 5 * SECOND,
  /** From the call that saves an image to the ACTIVE image. */
  imageSave: 60 * SECOND,
  /** The time in the queue of a free flavor. */
  queueTurn: 200 * SECOND,
} as const;

/** The name of a duration. */
export type DurationName = keyof typeof DEFAULT_DURATIONS;

/** A value for every duration. */
export type Durations = Readonly<Record<DurationName, number>>;

/** Whether a text is the name of a duration. */
export function isDurationName(name: string): name is DurationName {
  return Object.hasOwn(DEFAULT_DURATIONS, name);
}
