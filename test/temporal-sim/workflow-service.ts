import { AsyncLocalStorage } from 'node:async_hooks';
import { Client, type ConnectionLike } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import Long from 'long';
import { answered, closeEvent, infoOf, stages, statuses } from './api-responses.js';
import { asGrpcError, codes, GrpcError, raced } from './grpc-errors.js';
import { type ConflictPolicy, type Namespace, type ReusePolicy, RunNotFound } from './namespace.js';
import { recordedEvents } from './recorded-events.js';
import type { VirtualWorker } from './virtual-worker.js';
import { matches } from './visibility.js';

type Service = temporal.api.workflowservice.v1.WorkflowService;
type StartBody = temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;
type UpdateBody = temporal.api.workflowservice.v1.IUpdateWorkflowExecutionRequest;

const conflicts: readonly ConflictPolicy[] = ['FAIL', 'FAIL', 'USE_EXISTING', 'TERMINATE_EXISTING'];
const reuses: readonly ReusePolicy[] = [
  'ALLOW_DUPLICATE',
  'ALLOW_DUPLICATE',
  'ALLOW_DUPLICATE_FAILED_ONLY',
  'REJECT_DUPLICATE',
];

/** What the service needs from the server: the runs, and a way to run a call between two events. */
export interface ServiceBackend {
  readonly namespace: Namespace;
  readonly taskQueue: string;
  /** Runs the call between two events. `worker` is the caller, null for the test. */
  readonly call: <T>(worker: VirtualWorker | null, method: string, action: () => T | Promise<T>) => Promise<T>;
  readonly queryWorker: () => VirtualWorker;
}

interface CallContext {
  readonly signal?: AbortSignal;
  readonly deadline?: number;
}

/** One for all clients: every storage in use costs time with every promise. */
const context = new AsyncLocalStorage<CallContext>();

/** A real Temporal client whose calls go to the virtual server. */
export function virtualClient(
  backend: ServiceBackend,
  worker: VirtualWorker | null,
  sleep: (ms: number) => Promise<void>,
  now: () => number,
): Client {
  const methods = serviceMethods(backend);
  const served = Object.entries(methods).map(([name, method]) => {
    const serve = method as (body: unknown) => Answer<unknown> | Promise<Answer<unknown>>;
    const call = async (body: unknown) => {
      const { signal, deadline } = context.getStore() ?? {};
      const answer = backend
        .call(worker, name, () => serve(body))
        .then(async (given) => ('later' in given ? await given.later : given.value))
        .then((value) => {
          if (worker?.isCut === true) throw new GrpcError(codes.unavailable, 'the server cannot be reached');
          return value;
        })
        .catch((error: unknown) => {
          throw asGrpcError(error);
        });
      return await raced(answer, signal, deadline === undefined ? null : sleep(deadline - now()));
    };
    return [name, call];
  });
  const workflowService = Object.fromEntries(served) as Service;
  const connection: ConnectionLike = {
    workflowService,
    operatorService: {} as ConnectionLike['operatorService'],
    plugins: [],
    close: async () => undefined,
    ensureConnected: async () => undefined,
    withDeadline: (deadline, run) => context.run({ ...context.getStore(), deadline: Number(deadline) }, run),
    withMetadata: (_, run) => run(),
    withAbortSignal: (signal, run) => context.run({ ...context.getStore(), signal }, run),
  };
  return new Client({ connection, namespace: 'default', identity: 'virtual' });
}

/** A response now, or one that depends on later events. */
type Answer<T> = { readonly value: T } | { readonly later: Promise<T> };

function serviceMethods({ namespace, taskQueue, queryWorker, call }: ServiceBackend) {
  const start = (body: StartBody) => {
    const { run, started } = namespace.start({
      workflowId: body.workflowId ?? '',
      workflowType: body.workflowType?.name ?? '',
      args: body.input?.payloads ?? [],
      conflict: conflicts[body.workflowIdConflictPolicy ?? 0] ?? 'FAIL',
      reuse: reuses[body.workflowIdReusePolicy ?? 0] ?? 'ALLOW_DUPLICATE',
      searchAttributes: body.searchAttributes?.indexedFields ?? {},
      memo: body.memo?.fields ?? {},
    });
    return { run, answer: { runId: run.runId, started, status: statuses[run.status] } };
  };
  const update = (body: UpdateBody): Promise<object> => {
    const { workflowId = '', runId } = body.workflowExecution ?? {};
    const run = namespace.getOpen(workflowId ?? '', runId);
    const { meta, input } = body.request ?? {};
    const record = run.update(meta?.updateId ?? '', input?.name ?? '', input?.args?.payloads ?? []);
    return answered(run, record, body.waitPolicy?.lifecycleStage ?? stages.completed);
  };
  const at = (execution: { workflowId?: string | null; runId?: string | null } | null | undefined) =>
    [execution?.workflowId ?? '', execution?.runId] as const;

  return {
    startWorkflowExecution: (body: StartBody) => ({ value: start(body).answer }),
    signalWorkflowExecution(body: temporal.api.workflowservice.v1.ISignalWorkflowExecutionRequest) {
      const input = body.input?.payloads ?? [];
      namespace
        .getOpen(...at(body.workflowExecution))
        .push({ signalWorkflow: { signalName: body.signalName ?? '', input, identity: 'virtual', headers: {} } });
      return { value: {} };
    },
    signalWithStartWorkflowExecution(body: temporal.api.workflowservice.v1.ISignalWithStartWorkflowExecutionRequest) {
      const { run, answer } = start({ ...body, workflowIdConflictPolicy: 2 });
      run.push({
        signalWorkflow: {
          signalName: body.signalName ?? '',
          input: body.signalInput?.payloads ?? [],
          identity: 'virtual',
          headers: {},
        },
      });
      return { value: answer };
    },
    requestCancelWorkflowExecution(body: temporal.api.workflowservice.v1.IRequestCancelWorkflowExecutionRequest) {
      // A closed workflow ignores the request without an error.
      const run = namespace.get(...at(body.workflowExecution));
      if (run.isOpen) run.requestCancel(body.reason ?? '');
      return { value: {} };
    },
    terminateWorkflowExecution(body: temporal.api.workflowservice.v1.ITerminateWorkflowExecutionRequest) {
      namespace.getOpen(...at(body.workflowExecution)).terminate(body.reason ?? '');
      return { value: {} };
    },
    describeWorkflowExecution(body: temporal.api.workflowservice.v1.IDescribeWorkflowExecutionRequest) {
      const run = namespace.get(...at(body.execution));
      return {
        value: {
          workflowExecutionInfo: infoOf(run, taskQueue),
          workflowExtendedInfo: { cancelRequested: run.cancelRequested },
          pendingActivities: run.activities.map((task) => ({
            activityId: task.command.activityId,
            activityType: { name: task.type },
            state: task.attempt === null ? 1 : 2,
            attempt: task.attempts,
            lastFailure: task.lastFailure,
          })),
          pendingChildren: [],
          callbacks: [],
        },
      };
    },
    async queryWorkflow(body: temporal.api.workflowservice.v1.IQueryWorkflowRequest): Promise<Answer<unknown>> {
      const run = namespace.get(...at(body.execution));
      const { queryType, queryArgs } = body.query ?? {};
      const ask = async () => {
        const reply = await run.cached.query(queryWorker(), queryType ?? '', queryArgs?.payloads ?? []);
        if ('failure' in reply) throw new GrpcError(codes.invalidArgument, reply.failure.message ?? '');
        return { queryResult: { payloads: reply.answer === null ? [] : [reply.answer] } };
      };
      if (run.cached.history.length > 0 || !run.isOpen) return { value: await ask() };
      return { later: run.begun.promise.then(() => call(null, 'queryWorkflow', ask)) };
    },
    getWorkflowExecutionHistory(body: temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryRequest) {
      const run = namespace.get(...at(body.execution));
      if (body.waitNewEvent !== true) return { value: { history: { events: recordedEvents(run) } } };
      return { later: run.ended.promise.then(() => ({ history: { events: [closeEvent(run)] } })) };
    },
    updateWorkflowExecution: (body: UpdateBody) => ({ later: update(body) }),
    pollWorkflowExecutionUpdate(body: temporal.api.workflowservice.v1.IPollWorkflowExecutionUpdateRequest) {
      const run = namespace.get(...at(body.updateRef?.workflowExecution));
      const record = run.updates.find(body.updateRef?.updateId ?? '');
      if (record === undefined) throw new RunNotFound('update not found');
      return { later: answered(run, record, stages.completed) };
    },
    executeMultiOperation(body: temporal.api.workflowservice.v1.IExecuteMultiOperationRequest) {
      const [first, second] = body.operations ?? [];
      const { answer } = start(first?.startWorkflow ?? {});
      const updated = update(second?.updateWorkflow ?? {});
      return {
        later: updated.then((updateWorkflow) => ({ responses: [{ startWorkflow: answer }, { updateWorkflow }] })),
      };
    },
    listWorkflowExecutions(body: temporal.api.workflowservice.v1.IListWorkflowExecutionsRequest) {
      const found = namespace.runs.filter((run) => matches(run, body.query ?? '')).reverse();
      return { value: { executions: found.map((run) => infoOf(run, taskQueue)), nextPageToken: new Uint8Array() } };
    },
    countWorkflowExecutions(body: temporal.api.workflowservice.v1.ICountWorkflowExecutionsRequest) {
      const count = namespace.runs.filter((run) => matches(run, body.query ?? '')).length;
      return { value: { count: Long.fromNumber(count), groups: [] } };
    },
  };
}
