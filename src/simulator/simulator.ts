import { DEFAULT_USERS } from './auth/credentials.js';
import { DEFAULT_BEHAVIOR } from './behavior.js';
import { DEFAULT_CATALOGUE } from './catalogue/default-catalogue.js';
import { DEFAULT_PROJECT_ID, DEFAULT_REGION } from './client-environment.js';
import { createScaledClock } from './clock.js';
import { control } from './control/control-plane.js';
import { placeCurrentNotebook } from './control/current-notebook-placement.js';
import { placeNotebook, placePool } from './control/placement.js';
import { placeWorkload } from './control/workload-placement.js';
import { DEFAULT_DURATIONS } from './durations.js';
import { FaultQueue } from './faults/fault-queue.js';
import { emptyState, seedData } from './initial-state.js';
import { copyOf } from './json.js';
import { advance } from './lifecycles/advance.js';
import type { SimulatorOptions } from './options.js';
import { parseRequest } from './parsed-request.js';
import { handleApiCall } from './pipeline.js';
import { RateWindow } from './rate-window.js';
import { behaviorOf, catalogueOf } from './recording/recorded-catalogue.js';
import { seedRecording } from './recording/seed-recording.js';
import { RequestLog } from './request-log.js';
import { SCENARIO_TABLE } from './scenarios.js';
import type { Simulator, Snapshot } from './simulator-interface.js';
import type { World } from './world.js';

/** Creates a ModelArts that keeps its state in this process and needs no sockets. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const scenario = SCENARIO_TABLE[options.scenario ?? 'happy'];
  const seed = options.seed ?? 1;
  const { recording } = options;
  const catalogue = options.catalogue ?? (recording === undefined ? DEFAULT_CATALOGUE : catalogueOf(recording));
  const clock = options.clock ?? createScaledClock({ speed: options.speed ?? 1 });
  const recorded = recording === undefined ? {} : behaviorOf(recording);
  const behavior = { ...DEFAULT_BEHAVIOR, ...scenario.behavior, ...recorded, ...options.behavior };
  const world: World = {
    clock,
    seed,
    projectId: options.projectId ?? recording?.projectId ?? DEFAULT_PROJECT_ID,
    region: options.region ?? DEFAULT_REGION,
    users: options.credentials ?? DEFAULT_USERS,
    catalogue,
    behavior,
    durations: { ...DEFAULT_DURATIONS, ...scenario.durations, ...options.durations },
    faults: new FaultQueue(seed),
    log: new RequestLog(),
    rateWindow: new RateWindow(behavior.rateLimit, () => clock.wall()),
    timeForms: {},
    state: emptyState(catalogue),
  };
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const resetState = () => {
    world.state = emptyState(catalogue);
    seedData(world, scenario);
    if (recording !== undefined) seedRecording(world, recording);
    for (const pool of options.placed?.pools ?? []) placePool(world, pool);
    for (const workload of options.placed?.workloads ?? []) placeWorkload(world, workload);
    for (const notebook of options.placed?.notebooks ?? []) placeNotebook(world, notebook);
    for (const notebook of options.placed?.currentNotebooks ?? []) placeCurrentNotebook(world, notebook);
    world.faults.clear();
    world.faults.plan(...(scenario.faults ?? []), ...(options.faults ?? []));
    world.log.clear();
    world.timeForms = { ...options.timeForms };
    world.behavior = behavior;
  };
  resetState();

  const simulator: Simulator = {
    clock: world.clock,
    faults: world.faults,
    projectId: world.projectId,
    region: world.region,
    async handle(request, { signal } = {}) {
      const parsed = parseRequest(request);
      if (parsed.path.startsWith('/_sim/')) {
        advance(world);
        const response = control(world, simulator, parsed);
        if (parsed.method !== 'GET') changed();
        return response;
      }
      const before = world.state.sequence;
      const reply = await handleApiCall(world, parsed, signal);
      if (parsed.method !== 'GET' || world.state.sequence !== before) changed();
      return reply;
    },
    state() {
      advance(world);
      return copyOf(world.state);
    },
    view() {
      advance(world);
      return world.state;
    },
    requests: (operation) => world.log.list(operation),
    summary: () => world.log.summary(),
    snapshot() {
      advance(world);
      return { version: 1, at: world.clock.now(), wall: world.clock.wall(), state: copyOf(world.state) };
    },
    restore(snapshot: Snapshot) {
      if (snapshot.version !== 1) throw new Error(`unsupported snapshot version ${String(snapshot.version)}`);
      // A state file of an earlier version may lack kinds of resources.
      world.state = { ...emptyState(catalogue), ...copyOf(snapshot.state) };
      // Real time has passed since the snapshot was taken.
      world.clock.jumpTo(snapshot.at + Math.max(0, world.clock.wall() - snapshot.wall));
    },
    reset() {
      resetState();
      changed();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return simulator;
}
