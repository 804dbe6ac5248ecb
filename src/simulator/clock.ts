/** The simulator's time: `now` drives lifecycles, `wall` is what clients' own clocks say (signatures, token ends). */
export interface SimClock {
  /** Simulated milliseconds since the epoch. */
  now(): number;
  /** The clients' milliseconds since the epoch; differs from `now` when time is scaled or was advanced. */
  wall(): number;
  /** Lets transport time pass (a delayed answer): real time, or manual time under a manual clock. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** Simulated milliseconds per real one; 0 for a manual clock. */
  speed(): number;
  setSpeed(speed: number): void;
  /** Moves simulated time forward. */
  advance(ms: number): void;
  /** Moves simulated time to a moment; used when a state file is restored. */
  jumpTo(now: number): void;
}

/** Options of a clock that follows real time, `speed` times faster. */
export interface ScaledClockOptions {
  /** @defaultValue 1 */
  readonly speed?: number;
  /** Real time in milliseconds. @defaultValue Date.now */
  readonly wall?: () => number;
  /** Simulated start. @defaultValue the real time */
  readonly start?: number;
}

/** A clock that follows real time, optionally N times faster. */
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

/** A clock that stands still until it is advanced; pauses end when the time they wait for has been advanced to. */
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
      throw new RangeError('a manual clock has no speed: advance it');
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

/** A clock that reads its time from the caller, for suites that already own a virtual clock. */
export function createFollowingClock(now: () => number, pause: SimClock['pause'] = realPause): SimClock {
  let offset = 0;
  return {
    now: () => now() + offset,
    wall: now,
    pause,
    speed: () => 1,
    setSpeed() {
      throw new RangeError('this clock follows another one: it has no speed of its own');
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
  if (!(Number.isFinite(speed) && speed > 0)) throw new RangeError(`speed must be a number above 0, not ${speed}`);
  return speed;
}

function forward(ms: number): number {
  if (!(Number.isFinite(ms) && ms >= 0)) throw new RangeError(`time only moves forward, not by ${ms} ms`);
  return ms;
}
