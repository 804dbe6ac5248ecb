import type { z } from 'zod';
import type { Authenticator } from './auth/authenticator.js';
import { type Call, type Endpoint, type Priority, priorities, type Transport } from './call.js';
import { malformedResponse } from './error-builders.js';
import { type CallContext, InvalidRequestError, type Problem } from './errors.js';
import { buildQuery, fillTemplate, segmentProblem } from './path.js';
import type { RawResponse, RawTransport } from './raw-reads.js';
import { withoutNulls } from './schemas/tolerant.js';
import type { InterpretedResponse, Sender } from './sender.js';
import { SharedReads } from './shared-reads.js';
import { abortReason } from './timing.js';

/** The parts of a transport. */
export interface TransportOptions {
  readonly endpoint: string;
  readonly projectId: string;
  readonly userAgent: string;
  readonly httpTimeoutMs: number;
  readonly sender: Sender;
  readonly authenticator: Authenticator;
}

/** One admitted call. */
interface AdmittedCall {
  readonly context: CallContext;
  readonly url: URL;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Waits for another turn. */
  readonly again: () => Promise<unknown>;
}

/** A path such as `spec.resources[0].count` or `metadata.labels["os.modelarts/name"]`. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = String(key);
    if (!/^[\w$]+$/.test(name)) return `${text}["${name}"]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.map((issue) => ({ path: pathText(issue.path), message: issue.message }));
}

/** Checks, authenticates and sends calls, and parses their responses. */
export class HttpTransport implements Transport, RawTransport {
  readonly #options: TransportOptions;
  readonly #base: string;
  readonly #shared = new SharedReads();

  constructor(options: TransportOptions) {
    if (!URL.canParse(options.endpoint))
      throw new TypeError(`the ModelArts endpoint is not a URL: ${options.endpoint}`);
    this.#options = options;
    this.#base = options.endpoint.replace(/\/+$/, '');
  }

  check<Schema extends z.ZodType>(
    endpoint: Endpoint<unknown>,
    schema: Schema,
    value: unknown,
    subject?: string,
  ): z.output<Schema> {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    throw new InvalidRequestError(problemsOf(result.error), contextOf(endpoint, subject));
  }

  async send<Result>(endpoint: Endpoint<Result>, call: Call): Promise<Result> {
    const context = contextOfCall(endpoint, call);
    const { response, parsed, requestId, rejection } = await this.#sendAuthenticated(endpoint, call, context);
    if (rejection !== null) throw rejection.error;
    if (response.text.trim() === '' && endpoint.emptyResult !== undefined) return endpoint.emptyResult;
    if (parsed === undefined) throw malformedResponse(context, response, requestId, 'the body is not JSON');
    const result = endpoint.response.safeParse(withoutNulls(parsed, endpoint.nullsDownTo));
    if (result.success) return result.data;
    const [first] = problemsOf(result.error);
    throw malformedResponse(context, response, requestId, `${first?.path ?? ''}: ${first?.message ?? ''}`);
  }

  async read(endpoint: Endpoint<unknown>, call: Call): Promise<RawResponse> {
    const { response, parsed, rejection } = await this.#sendAuthenticated(
      endpoint,
      call,
      contextOfCall(endpoint, call),
    );
    return {
      status: response.status,
      contentType: response.header('content-type'),
      body: parsed,
      length: response.text.length,
      error: rejection?.error ?? null,
      isKnownError: rejection?.classification.known ?? true,
    };
  }

  #url(endpoint: Endpoint<unknown>, { path = {}, query = {} }: Call, context: CallContext): URL {
    const values = { project_id: this.#options.projectId, ...path };
    const problems = Object.entries(values).flatMap(([name, value]) => {
      const message = segmentProblem(value);
      return message === null ? [] : [{ path: name, message }];
    });
    if (problems.length > 0) throw new InvalidRequestError(problems, context);
    return new URL(this.#base + fillTemplate(endpoint.template, values) + buildQuery(query));
  }

  /**
   * Waits for its turn and sends. Reads that waited with the same question share one request, which begins after all of
   * them were asked.
   */
  async #sendAuthenticated(
    endpoint: Endpoint<unknown>,
    call: Call,
    context: CallContext,
  ): Promise<InterpretedResponse> {
    const url = this.#url(endpoint, call, context);
    const { sender, httpTimeoutMs } = this.#options;
    const { signal, timeoutMs = httpTimeoutMs } = call.options ?? {};
    const priority = firstOf(endpoint.priority, call.options?.priority);
    const maxWaitMs = call.options?.maxWaitMs ?? endpoint.maxWaitMs;
    const { maxPauseMs } = endpoint;
    if (signal?.aborted === true) throw abortReason(signal);
    const isShared = endpoint.method === 'GET' && call.headers === undefined;
    const question = isShared ? `${timeoutMs} ${endpoint.returnsInstance === true} ${url.href}` : undefined;
    const turn = await sender.admit(context, { priority, maxWaitMs, maxPauseMs, signal, question });
    const request = async (ownSignal: AbortSignal | undefined) => {
      const again = () => sender.admit(context, { priority, maxWaitMs, maxPauseMs, signal: ownSignal });
      return await this.#sendAdmitted(endpoint, call, { context, url, timeoutMs, signal: ownSignal, again });
    };
    return isShared && turn.calls > 1 ? await this.#shared.join(turn, signal, request) : await request(signal);
  }

  /** Sends an admitted call. Renews a rejected token once and sends the call again. Nothing else is ever sent twice. */
  async #sendAdmitted(
    endpoint: Endpoint<unknown>,
    call: Call,
    { context, url, timeoutMs, signal, again }: AdmittedCall,
  ): Promise<InterpretedResponse> {
    const { sender, authenticator } = this.#options;
    const body = call.body === undefined ? null : JSON.stringify(call.body);
    const headers = {
      'Content-Type': endpoint.contentType ?? 'application/json',
      ...call.headers,
      Host: url.host,
    };

    for (let renewed = false; ; renewed = true) {
      if (signal?.aborted === true) throw abortReason(signal);
      if (renewed) await again();
      const { Host: _host, ...signed } = headers;
      const proof = await authenticator.authenticate(
        { method: endpoint.method, url, headers: signed, body },
        { ...context, signal },
      );
      try {
        const sent = await sender.send({
          context,
          secrets: authenticator.secrets(),
          sendBefore: call.options?.sendBefore,
          onSent: call.options?.onSent,
          returnsInstance: endpoint.returnsInstance,
          request: {
            method: endpoint.method,
            url,
            headers: {
              Accept: 'application/json',
              'X-Language': 'en-us',
              'User-Agent': this.#options.userAgent,
              ...headers,
              ...proof.headers,
            },
            body,
            timeoutMs,
            signal: call.options?.awaitResponse === true ? undefined : signal,
          },
        });
        const { classification, error } = sent.rejection ?? {};
        if (classification?.renew === true && proof.renew !== null && !renewed) {
          proof.renew();
          continue;
        }
        if (classification?.credentialRejected === true && error !== undefined) proof.rejected(error);
        // The service rejects throttled calls, and may fail, before it checks the credential.
        else if (sent.response.status !== 429 && sent.response.status < 500) proof.accepted();
        return sent;
      } finally {
        // Has no effect when the result was reported above.
        proof.released();
      }
    }
  }
}

/** The priority that is sent first. */
function firstOf(one: Priority, other: Priority = one): Priority {
  return priorities.indexOf(one) <= priorities.indexOf(other) ? one : other;
}

function contextOfCall(endpoint: Endpoint<unknown>, { subject, path = {} }: Call): CallContext {
  return contextOf(endpoint, subject ?? Object.values(path)[0]);
}

function contextOf(endpoint: Endpoint<unknown>, subject: string | undefined): CallContext {
  const { operation, method, template, kind } = endpoint;
  return { operation, method, template, subject: subject === undefined ? null : `${kind} ${subject}` };
}
