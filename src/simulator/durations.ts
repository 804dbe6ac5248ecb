const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;

/** How long things take in simulated milliseconds (docs/api/pools-and-flavors.md "5.6 How long things take", docs/api/notebooks-and-auth.md "3.1 Old generation"). */
export const DEFAULT_DURATIONS = {
  /** From the create answer, which has no phase, to `Creating`. */
  poolAccept: 3 * SECOND,
  /** From the create answer to the last node; the pool says `Running` a little before. */
  poolCreate: 300 * SECOND,
  poolScale: 180 * SECOND,
  poolDelete: 120 * SECOND,
  /** From `Running` to the first scope `Enabled`. */
  poolScope: 20 * SECOND,
  /** From `Running` to the driver `Running`. */
  poolDriver: 30 * SECOND,
  /** How long a `CreationFailed` record is kept. */
  poolFailedKept: 3 * DAY,
  networkCreate: 20 * SECOND,
  networkDelete: 20 * SECOND,
  notebookCreate: 60 * SECOND,
  notebookStart: 30 * SECOND,
  notebookStop: 10 * SECOND,
  notebookRestart: 20 * SECOND,
  notebookDelete: 0,
  /** A place in the queue of a free flavor. */
  queueTurn: 200 * SECOND,
} as const;

/** The name of a time that can be set. */
export type DurationName = keyof typeof DEFAULT_DURATIONS;

/** A value for every time. */
export type Durations = Readonly<Record<DurationName, number>>;

/** Tells the name of a time from other text. */
export function isDurationName(name: string): name is DurationName {
  return Object.hasOwn(DEFAULT_DURATIONS, name);
}
