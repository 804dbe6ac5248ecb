import { InputError } from '../errors.js';
import { readFaults } from '../faults/fault-parser.js';
import { setFlavorStatus, setNotebookFlavorStatus } from '../flavors/availability.js';
import type { SimResponse } from '../http-messages.js';
import { isObject, textAt, valueAt } from '../json.js';
import { advance } from '../lifecycles/advance.js';
import type { ParsedRequest } from '../parsed-request.js';
import type { Simulator } from '../simulator-interface.js';
import { readTimeForms } from '../time-forms.js';
import { rfc3339, type World } from '../world.js';
import { readBehavior } from './behavior-parser.js';
import { changeCurrentNotebook, placeCurrentNotebook } from './current-notebook-placement.js';
import { changeNotebook, changePool, placeNotebook, placePool } from './placement.js';
import { changeWorkload, placeWorkload } from './workload-placement.js';

/**
 * Handles a control call under `/_sim/`. Control calls are not authenticated; the server listens on the loopback
 * address by default.
 */
export function control(world: World, simulator: Simulator, request: ParsedRequest): SimResponse {
  try {
    const result = route(world, simulator, request);
    if (result === undefined) return json(404, { error: `unknown control call: ${request.method} ${request.path}` });
    return json(200, result);
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError) return json(400, { error: error.message });
    throw error;
  }
}

function route(world: World, simulator: Simulator, request: ParsedRequest): object | undefined {
  const { method, path } = request;
  const [resource = '', id, verb] = path
    .slice('/_sim/'.length)
    .split('/')
    .map((part) => decodeURIComponent(part));
  if (request.malformed) throw new InputError('the body is not JSON');
  if (id === undefined) return routeCollection(world, simulator, request, resource);
  if (method === 'GET' && resource === 'requests' && id === 'summary') return world.log.summary();
  if (method === 'GET' && resource === 'workloads' && id === 'incidents') return world.state.workloadIncidents;
  if (method !== 'POST') return undefined;
  if (resource === 'pools' && verb === undefined) return changePool(world, id, request.json);
  if (resource === 'notebooks' && verb === undefined) return changeNotebook(world, id, request.json);
  if (resource === 'workloads' && verb === undefined) return changeWorkload(world, id, request.json);
  if (resource === 'currentNotebooks' && verb === undefined) return changeCurrentNotebook(world, id, request.json);
  if (resource === 'flavors' && verb === 'sale') return changeFlavorStatus(world, id, request.json);
  return undefined;
}

function routeCollection(
  world: World,
  simulator: Simulator,
  request: ParsedRequest,
  resource: string,
): object | undefined {
  switch (`${request.method} ${resource}`) {
    case 'GET healthz':
      return { status: 'ok' };
    case 'GET state':
      return simulator.state();
    case 'GET requests':
      return world.log.list(new URLSearchParams(request.query).get('operation') ?? undefined);
    case 'GET faults':
      return world.faults.report();
    case 'POST faults':
      return { ids: world.faults.plan(...readFaults(request.json)) };
    case 'DELETE faults':
      world.faults.clear();
      return {};
    case 'GET times':
      return world.timeForms;
    case 'POST times':
      world.timeForms = { ...world.timeForms, ...readTimeForms(request.json) };
      return world.timeForms;
    case 'DELETE times':
      world.timeForms = {};
      return {};
    case 'GET clock':
      return clockView(world);
    case 'POST clock':
      return steerClock(world, request.json);
    case 'POST reset':
      simulator.reset();
      return {};
    case 'POST pools':
      return placePool(world, request.json);
    case 'GET workloads':
      return world.state.workloads;
    case 'POST workloads':
      return placeWorkload(world, request.json);
    case 'GET behavior':
      return world.behavior;
    case 'POST behavior':
      world.behavior = { ...world.behavior, ...readBehavior(request.json) };
      return world.behavior;
    case 'POST currentNotebooks':
      return placeCurrentNotebook(world, request.json);
    case 'POST notebooks':
      return placeNotebook(world, request.json);
    default:
      return undefined;
  }
}

function clockView(world: World): object {
  const now = world.clock.now();
  return { now: rfc3339(now), ms: now, speed: world.clock.speed() };
}

function steerClock(world: World, body: unknown): object {
  const ms = valueAt(body, 'advance');
  const speed = valueAt(body, 'speed');
  if (ms === undefined && speed === undefined)
    throw new InputError('the body must have advance or speed, such as {"advance": 60000} or {"speed": 1}');
  if (speed !== undefined) {
    if (typeof speed !== 'number') throw new InputError('speed must be a number');
    world.clock.setSpeed(speed);
  }
  if (ms !== undefined) {
    if (typeof ms !== 'number') throw new InputError('advance must be a number of milliseconds');
    world.clock.advance(ms);
  }
  advance(world);
  return clockView(world);
}

/** `{"status": "soldout", "az"?, "forMs"?}` for a pool flavor. A notebook flavor has no AZs. */
function changeFlavorStatus(world: World, flavor: string, body: unknown): object {
  const status = textAt(body, 'status')?.toLowerCase();
  if (status !== 'normal' && status !== 'onsale' && status !== 'soldout') {
    throw new InputError('status must be normal (onSale) or soldout');
  }
  const forMs = valueAt(body, 'forMs');
  if (forMs !== undefined && typeof forMs !== 'number') throw new InputError('forMs must be a number of milliseconds');
  if (!isObject(body)) throw new InputError('the body must be an object');
  const gone = status === 'soldout';
  if (world.state.notebookSale[flavor] !== undefined) {
    setNotebookFlavorStatus(world, flavor, gone ? 'soldOut' : 'onSale', forMs);
    return { flavor, status: world.state.notebookSale[flavor] ?? '' };
  }
  if (world.state.sale[flavor] === undefined) throw new InputError(`flavor ${flavor} is unknown`);
  const changed = setFlavorStatus(world, flavor, gone ? 'soldout' : 'normal', textAt(body, 'az'), forMs);
  if (changed.length === 0) throw new InputError(`flavor ${flavor} is not offered in that AZ`);
  return { flavor, phase: { ...world.state.sale[flavor] } };
}

function json(status: number, body: object): SimResponse {
  return { status, headers: { 'content-type': 'application/json; charset=UTF-8' }, body: JSON.stringify(body) };
}
