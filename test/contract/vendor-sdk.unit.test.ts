import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { DEFAULT_USERS } from '../../src/simulator/auth/credentials.js';
import { type Caller, createCaller } from '../simulator/caller.js';

/**
 * The calls of the vendor's Python SDK as it sent them, against the simulator. `npm run contract -- --record` writes
 * them (test/contract/README.md).
 */

const json = z.json();
type Json = z.output<typeof json>;

const stepSchema = z.union([
  /** A call of the control plane, which prepares what follows. */
  z.strictObject({ control: z.string(), body: json }),
  z.strictObject({
    call: z.string(),
    by: z.string(),
    request: z.strictObject({
      method: z.string(),
      path: z.string(),
      query: z.string().optional(),
      headers: z.record(z.string(), z.string()),
      body: json.optional(),
    }),
    response: z.strictObject({
      status: z.number(),
      /** The error code. */
      code: z.string().optional(),
      /** The types of what the SDK read. */
      reads: json.optional(),
      /** The values that it must read. */
      equals: json.optional(),
    }),
    /** Names of values in the response. Later requests contain them as `{name}`. */
    save: z.record(z.string(), z.array(z.string())).optional(),
  }),
]);
const recordSchema = z.strictObject({ client: z.string(), calls: z.array(stepSchema) });
type Step = z.output<typeof stepSchema>;

const folder = path.join(__dirname, 'recordings');
const topics = readdirSync(folder).map((file) => {
  const { client, calls } = recordSchema.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
  return { client, topic: path.basename(file, '.json'), calls };
});

/** What a value does not have of an outline. A list has the outline of its first item. */
function missing(outline: Json, value: unknown, where = 'body'): string[] {
  if (typeof outline === 'string') return typeof value === outline ? [] : [`${where} is no ${outline}`];
  if (typeof value !== 'object' || value === null) return [`${where} is missing`];
  if (Array.isArray(outline)) {
    if (!Array.isArray(value)) return [`${where} is no list`];
    const [first] = outline;
    return first === undefined ? [] : missing(first, value[0], `${where}[0]`);
  }
  const members = new Map(Object.entries(value));
  return Object.entries(outline ?? {}).flatMap(([key, item]) => missing(item, members.get(key), `${where}.${key}`));
}

async function replay(caller: Caller, step: Step, names: Map<string, string>): Promise<void> {
  const filled = <Shape>(shape: Shape): Shape =>
    JSON.parse(JSON.stringify(shape).replaceAll(/\{(\w+)\}/g, (text, name: string) => names.get(name) ?? text));
  if ('control' in step) {
    const reply = await caller.call('POST', `/_sim/${step.control}`, filled(step.body));
    expect(reply.status).toBe(200);
    return;
  }
  const { by, request, response, save = {} } = filled(step);
  const token = DEFAULT_USERS.find(({ name }) => name === by)?.tokens[0] ?? '';
  const target = request.query === undefined ? request.path : `${request.path}?${request.query}`;
  const headers = { ...request.headers, 'X-Auth-Token': token };
  const reply = await caller.call(request.method, target, request.body, headers);
  expect({ status: reply.status, missing: missing(response.reads ?? {}, reply.body || {}) }).toEqual({
    status: response.status,
    missing: [],
  });
  if (response.equals !== undefined) expect(reply.body).toMatchObject(response.equals as object);
  if (response.code !== undefined) expect(JSON.stringify(reply.body)).toContain(response.code);
  for (const [name, keys] of Object.entries(save)) {
    names.set(
      name,
      keys.reduce((value, key) => value[key], reply.body),
    );
  }
}

describe.each(topics)('$client: $topic', ({ calls }) => {
  test('the simulator answers every call with what the SDK reads', async () => {
    const caller = createCaller();
    const names = new Map([['project', caller.projectId]]);
    for (const [at, step] of calls.entries()) {
      try {
        await replay(caller, step, names);
      } catch (error) {
        const what = 'call' in step ? step.call : step.control;
        throw new Error(`call ${at} (${what}): ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    }
  });

  test('the record has no credentials', () => {
    const text = JSON.stringify(calls);
    for (const { password, tokens, keys } of DEFAULT_USERS) {
      for (const secret of [password, ...tokens, ...keys.flatMap(({ ak, sk }) => [ak, sk])]) {
        expect(text).not.toContain(secret);
      }
    }
    expect(text).not.toMatch(/authorization|x-security-token/i);
  });
});

test('there is a record', () => {
  expect(topics.length).toBeGreaterThanOrEqual(7);
});
