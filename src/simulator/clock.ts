/** The simulator's time. `now` drives lifecycles. `wall` is the clients' time, for signatures and token expiry. */
export interface SimClock {
  /** Simulated milliseconds since the epoch. */
  now(): number;
  /** The clients' time in milliseconds since the epoch. It differs from `now` when time is scaled or was advanced. */
  wall(): number;
  /** Waits, for a delayed response: in real time, or until a manual clock is advanced. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** Simulated milliseconds per real millisecond; 0 for a manual clock. */
  speed(): number;
  setSpeed(speed: number): void;
  /** Moves simulated time forward. */
  advance(ms: number): void;
  /** Sets the simulated time, when a state file is restored. */
  jumpTo(now: number): void;
}

/** Options of a clock that runs `speed` times as fast as real time. */
export interface ScaledClockOptions {
  /** @defaultValue 1 */
  readonly speed?: number;
  /** Real time in milliseconds. @defaultValue Date.now */
  readonly wall?: () => number;
  /** The initial simulated time. @defaultValue the real time */
  readonly start?: number;
}

/** A clock that runs `speed` times as fast as real time. */
export function createScaledClock(options: ScaledClockOptions = {}): SimClock {
  const wall = options.wall ?? Date.now;
  let speed = positive(options.speed ?? 1);
  let anchorWall = wall();
  let anchorNow = options.start ?? anchorWall;
  const now = () => Math.floor(anchorNow + (wall() - anchorWall) * speed);
  const anchor = (moment: number) => {
    anchorNow = moment;
    anchorWall = wall();
  };
  return {
    now,
    wall,
    pause: realPause,
    speed: () => speed,
    setSpeed(next) {
      const checked = positive(next);
      anchor(now());
      speed = checked;
    },
    advance: (ms) => anchor(now() + forward(ms)),
    jumpTo: anchor,
  };
}

/** A clock that moves only by `advance`, which also ends the pauses that are due. */
export function createManualClock(start = Date.UTC(2026, 0, 1)): SimClock {
  let current = start;
  let sleepers: { at: number; wake: () => void }[] = [];
  const wakeDue = () => {
    const due = sleepers.filter((sleeper) => sleeper.at <= current);
    sleepers = sleepers.filter((sleeper) => sleeper.at > current);
    for (const sleeper of due) sleeper.wake();
  };
  return {
    now: () => current,
    wall: () => current,
    pause: (ms, signal) =>
      new Promise((resolve) => {
        if (ms <= 0 || signal?.aborted === true) return resolve();
        sleepers.push({ at: current + ms, wake: resolve });
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
    speed: () => 0,
    setSpeed() {
      throw new RangeError('a manual clock has no speed; use advance');
    },
    advance(ms) {
      current += forward(ms);
      wakeDue();
    },
    jumpTo(moment) {
      current = moment;
      wakeDue();
    },
  };
}

/** A clock that follows another one, for test suites with a virtual clock. */
export function createFollowingClock(now: () => number, pause: SimClock['pause'] = realPause): SimClock {
  let offset = 0;
  return {
    now: () => now() + offset,
    wall: now,
    pause,
    speed: () => 1,
    setSpeed() {
      throw new RangeError('a following clock has no speed of its own');
    },
    advance(ms) {
      offset += forward(ms);
    },
    jumpTo(moment) {
      offset = moment - now();
    },
  };
}

function realPause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
  });
}

function positive(speed: number): number {
  if (!(Number.isFinite(speed) && speed > 0))
    throw new RangeError(`speed must be a number greater than 0, not ${speed}`);
  return speed;
}

function forward(ms: number): number {
  if (!(Number.isFinite(ms) && ms >= 0)) throw new RangeError(`advance must be at least 0 ms, not ${ms}`);
  return ms;
}
