import type { z } from 'zod';
import type { Authenticator } from './auth/authenticator.js';
import type { Call, Endpoint, Transport } from './call.js';
import { InvalidRequestError, type Problem } from './errors.js';
import { type CallContext, malformedAnswer } from './failure.js';
import { buildQuery, fillTemplate, segmentProblem } from './path.js';
import { withoutNulls } from './schemas/tolerant.js';
import type { Sender, Sent } from './sender.js';
import { abortReason } from './timing.js';

const creationPatienceMs = 2000;
const usualPatienceMs = 10_000;

/** What a transport is made from. */
export interface TransportOptions {
  readonly endpoint: string;
  readonly projectId: string;
  readonly userAgent: string;
  readonly httpTimeoutMs: number;
  readonly sender: Sender;
  readonly authenticator: Authenticator;
}

/** Where a problem is, as people write it: `spec.resources[0].count`, `metadata.labels["os.modelarts/name"]`. */
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

/** Checks, sends and reads typed calls; every answer is either what was asked for or a `ModelArtsError`. */
export class HttpTransport implements Transport {
  readonly #options: TransportOptions;
  readonly #base: string;

  constructor(options: TransportOptions) {
    if (!URL.canParse(options.endpoint)) throw new TypeError(`the ModelArts endpoint is no URL: ${options.endpoint}`);
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

  async send<Answer>(endpoint: Endpoint<Answer>, call: Call): Promise<Answer> {
    const context = contextOf(endpoint, call.subject ?? Object.values(call.path ?? {})[0]);
    const url = this.#url(endpoint, call, context);
    const sent = await this.#sendAuthorised(endpoint, call, context, url);
    if (sent.refusal !== null) throw sent.refusal.error;

    const { answer, parsed, requestId } = sent;
    if (answer.text.trim() === '' && endpoint.emptyAnswer !== undefined) return endpoint.emptyAnswer;
    if (parsed === undefined) throw malformedAnswer(context, answer, requestId, 'it is no JSON');
    const result = endpoint.answer.safeParse(withoutNulls(parsed));
    if (result.success) return result.data;
    const [first] = problemsOf(result.error);
    throw malformedAnswer(context, answer, requestId, `${first?.path ?? ''}: ${first?.message ?? ''}`);
  }

  #url<Answer>(endpoint: Endpoint<Answer>, { path = {}, query = {} }: Call, context: CallContext): URL {
    const values = { project_id: this.#options.projectId, ...path };
    const problems = Object.entries(values).flatMap(([name, value]) => {
      const message = segmentProblem(value);
      return message === null ? [] : [{ path: name, message }];
    });
    if (problems.length > 0) throw new InvalidRequestError(problems, context);
    return new URL(this.#base + fillTemplate(endpoint.template, values) + buildQuery(query));
  }

  /** A refused token is renewed once, and the call is sent once more; nothing else is ever sent twice. */
  async #sendAuthorised<Answer>(endpoint: Endpoint<Answer>, call: Call, context: CallContext, url: URL): Promise<Sent> {
    const { sender, authenticator, httpTimeoutMs } = this.#options;
    const { signal, timeoutMs = httpTimeoutMs } = call.options ?? {};
    const patience =
      call.options?.maxWaitMs ?? (endpoint.operation.endsWith('.create') ? creationPatienceMs : usualPatienceMs);
    const body = call.body === undefined ? null : JSON.stringify(call.body);
    const headers = {
      'Content-Type': endpoint.contentType ?? 'application/json',
      ...call.headers,
      Host: url.host,
    };

    for (let renewed = false; ; renewed = true) {
      if (signal?.aborted === true) throw abortReason(signal);
      await sender.admit(context, endpoint.priority, patience, signal);
      const { Host: _host, ...signed } = headers;
      const authorisation = await authenticator.authorise(
        { method: endpoint.method, url, headers: signed, body },
        { ...context, signal },
      );
      try {
        const sent = await sender.send({
          context,
          secrets: authenticator.secrets(),
          sendBefore: call.options?.sendBefore,
          answerMayCarryErrorCode: endpoint.answerMayCarryErrorCode,
          request: {
            method: endpoint.method,
            url,
            headers: {
              Accept: 'application/json',
              'X-Language': 'en-us',
              'User-Agent': this.#options.userAgent,
              ...headers,
              ...authorisation.headers,
            },
            body,
            timeoutMs,
            signal: call.options?.awaitsAnswer === true ? undefined : signal,
          },
        });
        const { verdict, error } = sent.refusal ?? {};
        if (verdict?.renew === true && authorisation.renew !== null && !renewed) {
          authorisation.renew();
          continue;
        }
        if (verdict?.credentialRefused === true && error !== undefined) authorisation.rejected(error);
        // Throttling and server errors come before anyone looked at the key.
        else if (sent.answer.status !== 429 && sent.answer.status < 500) authorisation.accepted();
        return sent;
      } finally {
        // Counts only when nothing above has settled it.
        authorisation.released();
      }
    }
  }
}

function contextOf(endpoint: Endpoint<unknown>, subject: string | undefined): CallContext {
  const { operation, method, template, noun } = endpoint;
  return { operation, method, template, subject: subject === undefined ? null : `${noun} ${subject}` };
}
