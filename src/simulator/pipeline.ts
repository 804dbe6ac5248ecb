import { checkProject, identify } from './auth/authentication.js';
import type { SimUser } from './auth/credentials.js';
import { ApiError, gatewayError } from './errors.js';
import type { ResponseFault } from './faults/fault.js';
import type { FaultContext, FaultTarget } from './faults/fault-queue.js';
import {
  commitsWork,
  forbiddenError,
  plannedResponse,
  renderResponse,
  throttleError,
  truncated,
} from './faults/fault-responses.js';
import { faultTargetsOf } from './faults/fault-targets.js';
import { reshape } from './faults/response-shapes.js';
import type { SimReply, SimResponse } from './http-messages.js';
import { advance } from './lifecycles/advance.js';
import { covers, isOperationPattern, notebookGenerationOf, type Operation } from './operations.js';
import type { ParsedRequest } from './parsed-request.js';
import { withoutSecrets } from './request-log.js';
import { findRoute, type Matched } from './routes.js';
import { rfc3339, type World } from './world.js';

/** One call while it is handled. */
interface CallInProgress extends FaultContext {
  readonly request: ParsedRequest;
  readonly requestId: string;
  /** Aborted when the caller disconnects. */
  readonly signal: AbortSignal | undefined;
  operation: Operation;
  targets: readonly FaultTarget[];
  user: SimUser | null;
  effect: string | null;
}

/** Handles one API call: authentication, faults, handler, log. */
export async function handleApiCall(world: World, request: ParsedRequest, signal?: AbortSignal): Promise<SimReply> {
  const seq = world.log.next();
  const requestId = requestIdOf(world, seq);
  const operation = 'unknown';
  const call: CallInProgress = {
    request,
    requestId,
    signal,
    operation,
    targets: [],
    applied: [],
    user: null,
    effect: null,
  };
  const at = rfc3339(world.clock.now());
  const reply = await respond(world, call);
  world.log.add({
    seq,
    at,
    method: request.method,
    path: request.target,
    operation: call.operation,
    status: 'lost' in reply ? null : reply.status,
    requestId,
    by: call.user?.name ?? null,
    effect: call.effect,
    faults: call.applied,
    body: withoutSecrets(request.json),
  });
  return reply;
}

async function respond(world: World, call: CallInProgress): Promise<SimReply> {
  const { request, requestId } = call;
  try {
    advance(world);
    const matched = requirePublished(world, findRoute(request.method, request.path));
    const { operation } = matched.route;
    call.operation = operation;
    if (operation !== 'iam.token') {
      call.user = identify(world, request, !operation.startsWith('iam.'));
      if (matched.params.project !== undefined) checkProject(world, matched.params.project, request.headers);
    }
    if (unavailability(world, operation) === 'forbidden') throw forbiddenError(operation);
    const retryAfter = world.rateWindow.countCall();
    if (retryAfter !== undefined) throw throttleError('APIGW.0308', retryAfter);
    call.targets = faultTargetsOf(world, operation, matched.params, request.json);
    return await respondWithFaults(world, call, matched);
  } catch (error) {
    return errorResponse(error, requestId);
  }
}

/** Applies delays before the call, the response fault or the handler, and delays after the call. */
async function respondWithFaults(world: World, call: CallInProgress, matched: Matched): Promise<SimReply> {
  const delays = world.faults.takeDelays(call);
  for (const delay of delays) if (delay.at !== 'after') await world.clock.pause(delay.ms);
  advance(world);
  const fault = world.faults.takeResponse(call);
  const takesEffect = fault === undefined || commitsWork(fault);
  const response = takesEffect ? runHandler(world, call, matched) : undefined;
  for (const delay of delays) if (delay.at === 'after') await world.clock.pause(delay.ms);
  if (fault === undefined) return response ?? { lost: 'before' };
  return applyResponseFault(world, call, fault, response);
}

/** Applies a response fault. `response` is undefined when the call did not take effect. */
async function applyResponseFault(
  world: World,
  call: CallInProgress,
  fault: ResponseFault,
  response: SimResponse | undefined,
): Promise<SimReply> {
  if (fault.kind === 'hang') {
    await untilAborted(call.signal);
    return { lost: response === undefined ? 'before' : 'after' };
  }
  if (fault.kind === 'lost') return { lost: fault.at };
  if (fault.kind === 'halfBody') return truncated(response ?? { status: 200, headers: {}, body: '{}' });
  if (fault.kind === 'unauthorized' && fault.revoke !== false) revoke(world, call.request.headers['x-auth-token']);
  const planned = plannedResponse(fault, call.operation, call.requestId);
  if (planned === undefined) return { lost: 'before' };
  return renderResponse(planned.status, withRequestId(planned.headers, call.requestId), planned.body);
}

function runHandler(world: World, call: CallInProgress, { route, params }: Matched): SimResponse {
  const { request, requestId } = call;
  const user = call.user ?? world.users[0];
  if (user === undefined) throw new Error('the simulator has no users');
  try {
    const result = route.handler(world, {
      operation: route.operation,
      params,
      query: new URLSearchParams(request.query),
      headers: request.headers,
      body: request.json,
      malformed: request.malformed,
      user,
      takeOutcomes: () => world.faults.takeOutcomes(call),
      commit: (effect) => {
        call.effect = effect;
      },
    });
    const body = reshape(result.body, world.faults.takeShapes(call));
    const headers = withRequestId(result.headers ?? {}, requestId);
    return renderResponse(result.status, headers, body === undefined ? { empty: true } : { json: body });
  } catch (error) {
    return errorResponse(error, requestId);
  }
}

/** Throws the gateway's 404 (APIGW.0101) when this region does not have the API. */
function requirePublished(world: World, matched: Matched | undefined): Matched {
  const operation = matched?.route.operation ?? 'unknown';
  const { historicalNotebookApi, currentNotebookApi } = world.behavior;
  const generation = notebookGenerationOf(operation);
  const off =
    (generation === 'historical' && !historicalNotebookApi) || (generation === 'current' && !currentNotebookApi);
  if (matched !== undefined && !off && unavailability(world, operation) !== 'missing') return matched;
  throw gatewayError(404, '0101', 'The API does not exist or has not been published in the environment.');
}

/** How an operation is unavailable in this simulator. A single operation takes precedence over a group. */
function unavailability(world: World, operation: Operation): 'forbidden' | 'missing' | undefined {
  const { unavailable } = world.behavior;
  const patterns = Object.keys(unavailable).filter(isOperationPattern);
  const pattern = patterns.sort((a, b) => b.length - a.length).find((one) => covers(one, operation));
  return pattern === undefined ? undefined : unavailable[pattern];
}

function errorResponse(error: unknown, requestId: string): SimResponse {
  if (!(error instanceof ApiError)) throw error;
  return renderResponse(error.status, withRequestId(error.headers, requestId), { json: error.body(requestId) });
}

function withRequestId(headers: Readonly<Record<string, string>>, requestId: string): Record<string, string> {
  return { 'x-request-id': requestId, server: 'api-gateway', ...headers };
}

/** A request id in the documented form `id-timestamp-hostname`. The same in every run with the same calls. */
function requestIdOf(world: World, seq: number): string {
  return `${seq.toString(16).padStart(32, '0')}-${world.clock.now()}-simulator`;
}

function revoke(world: World, token: string | undefined): void {
  const record = world.state.tokens.find((candidate) => candidate.token === token);
  if (record !== undefined) record.revoked = true;
}

function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
