const dayMs = 86_400_000;
/** The day on which every recording seems to be made. */
const recordedOn = Date.UTC(2026, 0, 1);
const calendar =
  /^(\d{4}-\d{2}-\d{2})([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?( ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?( UTC| GMT)?)?$/;
const timeKey = /(time|timestamp|_at|At)$/i;
const firstEpochMs = 100_000_000_000;

/**
 * Moves times by whole days, so that the recording seems to be made on 2026-01-01. The distances between times, the
 * time of day and the form of each time stay.
 */
export class TimeShift {
  readonly #days: number;

  constructor(now: number) {
    this.#days = Math.round((recordedOn - Math.floor(now / dayMs) * dayMs) / dayMs);
  }

  /** A time as text or number in the same form; null when it is no time. */
  text(value: string): string | null {
    const date = calendar.exec(value)?.[1];
    if (date !== undefined) {
      const ms = Date.parse(date);
      // Zero times stand for a missing one, and before year 1 there is no date.
      if (Number.isNaN(ms) || ms <= 0) return value.startsWith('0001-') ? value : null;
      return new Date(ms + this.#days * dayMs).toISOString().slice(0, 10) + value.slice(10);
    }
    if (!/^\d{10}(\d{3})?$/.test(value)) return null;
    return String(this.number(Number(value)));
  }

  /** Epoch milliseconds or seconds. */
  number(value: number): number {
    return value + this.#days * (value >= firstEpochMs ? dayMs : dayMs / 1_000);
  }
}

/** Whether a number can only be a time. */
export function isEpoch(value: number): boolean {
  return Number.isInteger(value) && value >= firstEpochMs;
}

export function isTimeKey(key: string): boolean {
  return timeKey.test(key);
}
