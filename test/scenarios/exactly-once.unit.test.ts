import { describe, expect, test } from '@jest/globals';
import type { FaultEffect } from '../../src/simulator/faults/fault.js';
import type { SimState } from '../../src/simulator/sim-state.js';
import { oursIn } from '../chaos/judge.js';
import { productSettings, type Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import type { HttpCall } from '../support/virtual-http.js';
import { publicCurrentNotebookPart } from '../workflows/documents.js';
import { documents, types } from './launch-alone.js';
import { control } from './outside-changes.js';
import { name } from './steps.js';

const seconds = 1000;
const minute = 60 * seconds;

/** The resource: the operation that creates it alone, and the path of its POST. */
interface Kind {
  readonly kind: 'pool' | 'notebook' | 'currentNotebook';
  /** The first part of the workflow id. */
  readonly step: 'pool' | 'notebook';
  readonly type: string;
  readonly document: Record<string, unknown>;
  readonly operation: 'pools.create' | 'notebooks.create' | 'currentNotebooks.create';
  readonly path: RegExp;
  /** How the service reports that the name is taken; null where names repeat. */
  readonly exists: { readonly status: number; readonly code: string } | null;
}

const kinds: readonly Kind[] = [
  {
    kind: 'pool',
    step: 'pool',
    type: types.pool,
    document: documents.pool,
    operation: 'pools.create',
    path: /\/v2\/[^/]+\/pools$/,
    exists: { status: 409, code: 'ModelArts.50015000' },
  },
  {
    kind: 'notebook',
    step: 'notebook',
    type: types.notebook,
    document: documents.notebook,
    operation: 'notebooks.create',
    path: /\/demanager\/instances$/,
    exists: { status: 400, code: 'ModelArts.6301' },
  },
  {
    kind: 'currentNotebook',
    step: 'notebook',
    type: types.notebook,
    document: { ...documents.notebook, notebook: publicCurrentNotebookPart() },
    operation: 'currentNotebooks.create',
    path: /\/v1\/[^/]+\/notebooks$/,
    exists: null,
  },
];

/**
 * The outcome of the POST. `made`: it took effect with a response. `hidden`: it took effect without a response.
 * `nothing`: it had no effect and no response. `unsent`: it was not sent. `renewed`: refused, and sent again with a
 * fresh token. `throttled`: refused for a while. `exists`: refused because the name is taken.
 */
type Known = 'made' | 'hidden' | 'nothing' | 'unsent' | 'renewed' | 'throttled' | 'exists';

interface Post {
  readonly post: string;
  readonly known: Known;
  readonly fault?: FaultEffect | ((kind: Kind) => FaultEffect);
  readonly before?: (call: HttpCall, testbed: Testbed) => 'continue' | 'crash';
  readonly after?: (call: HttpCall, testbed: Testbed) => 'continue' | 'crash';
}

const crash = () => 'crash' as const;
const cut =
  (ms: number, frozen = false) =>
  ({ worker }: HttpCall, { temporal }: Testbed) => {
    temporal.cutOff(ms, frozen ? { frozen, worker } : {});
    return 'continue' as const;
  };

const posts: readonly Post[] = [
  { post: 'is answered', known: 'made' },
  { post: 'is answered slowly', known: 'made', fault: { kind: 'delay', ms: 10 * seconds, at: 'after' } },
  { post: 'loses its connection before the work', known: 'nothing', fault: { kind: 'lost', at: 'before' } },
  { post: 'loses its connection after the work', known: 'hidden', fault: { kind: 'lost', at: 'after' } },
  { post: 'is answered with 503 before the work', known: 'nothing', fault: { kind: 'status', status: 503 } },
  {
    post: 'is answered with 500 after the work',
    known: 'hidden',
    fault: { kind: 'status', status: 500, commit: true },
  },
  {
    post: 'is answered with a page of a proxy after the work',
    known: 'hidden',
    fault: { kind: 'status', status: 502, commit: true },
  },
  { post: 'is answered with half a body', known: 'hidden', fault: { kind: 'halfBody' } },
  { post: 'times out before the work', known: 'nothing', fault: { kind: 'hang' } },
  { post: 'times out after the work', known: 'hidden', fault: { kind: 'hang', commit: true } },
  { post: 'is not sent, as its worker crash', known: 'unsent', before: crash },
  { post: 'is not recorded, as its worker crash', known: 'hidden', after: crash },
  { post: 'cannot be recorded for a minute, as Temporal is away', known: 'hidden', before: cut(minute) },
  { post: 'cannot be recorded, as Temporal goes away with its answer', known: 'hidden', after: cut(5 * minute) },
  { post: 'waits in a worker that stands still for a minute', known: 'hidden', before: cut(minute, true) },
  { post: 'is answered to a worker that stands still for a minute', known: 'hidden', after: cut(minute, true) },
  { post: 'is refused with 401', known: 'renewed', fault: { kind: 'unauthorized' } },
  { post: 'is refused with 429', known: 'throttled', fault: { kind: 'throttle', retryAfter: 20 } },
  {
    post: 'is refused because the name exists, which is not there',
    known: 'exists',
    fault: ({ exists }) => ({
      kind: 'status',
      status: exists?.status ?? 400,
      body: { json: { error_code: exists?.code ?? '', error_msg: 'exists', error_message: 'exists' } },
    }),
  },
];

interface Meanwhile {
  readonly meanwhile: string;
  readonly fault?: FaultEffect;
  /** Acts when the first POST is about to be sent. */
  readonly atPost?: (testbed: Testbed, one: Kind) => unknown;
  readonly workers?: number;
  readonly starts?: number;
  /** For how long nothing may be sent. */
  readonly pausedMs?: number;
  readonly ending: 'Ready' | 'Cancelled' | 'seenForeign' | 'hiddenForeign';
}

const place = async (testbed: Testbed, { kind }: Kind, body: Record<string, unknown>) =>
  await control(testbed, `${kind}s`, { name, ...body });
const idOf = ({ step }: Kind) => `${step}/${name}`;
const startAgain = async ({ temporal }: Testbed, one: Kind) =>
  await temporal.client.workflow.start(one.type, {
    workflowId: idOf(one),
    taskQueue: 'modelarts-ops',
    args: [one.document],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });

const meanwhiles: readonly Meanwhile[] = [
  { meanwhile: 'nothing happens', ending: 'Ready' },
  { meanwhile: 'the list lags behind', fault: { kind: 'listLag', ms: 100 * seconds, in: ['list'] }, ending: 'Ready' },
  {
    meanwhile: 'list and show lag as long as the consistency window',
    fault: { kind: 'listLag', ms: 120 * seconds },
    ending: 'Ready',
  },
  { meanwhile: 'three workers are there', workers: 3, ending: 'Ready' },
  { meanwhile: 'the same trigger fires twice at once, and once more', starts: 2, atPost: startAgain, ending: 'Ready' },
  {
    meanwhile: 'a cancel arrives',
    atPost: async ({ temporal }, one) => await temporal.cancel(idOf(one)),
    ending: 'Cancelled',
  },
  {
    meanwhile: 'a cancel arrives, and list and show lag',
    fault: { kind: 'listLag', ms: 110 * seconds },
    atPost: async ({ temporal }, one) => await temporal.cancel(idOf(one)),
    ending: 'Cancelled',
  },
  {
    meanwhile: 'a pause arrives, for ten minutes',
    pausedMs: 10 * minute,
    atPost: async ({ temporal }, one) => {
      temporal.clock.schedule(
        temporal.now() + 10 * minute,
        () => void temporal.signal(idOf(one), 'resume', { by: 'op', reason: 'go on' }),
      );
      await temporal.signal(idOf(one), 'pause', { by: 'op', reason: 'wait' });
    },
    ending: 'Ready',
  },
  {
    meanwhile: 'a foreign resource takes the name',
    atPost: (testbed, one) => place(testbed, one, { user: 'ops' }),
    ending: 'seenForeign',
  },
  {
    meanwhile: 'another user takes the name, whose notebooks no list shows by itself',
    atPost: (testbed, one) => place(testbed, one, { user: 'neighbour' }),
    ending: 'hiddenForeign',
  },
];

const newStack = testbedsForFile();

/** Tells the first POST from all other calls. */
function firstPost({ path }: Kind): (call: HttpCall) => boolean {
  let was = false;
  return (call) => {
    const is = !was && call.method === 'POST' && path.test(call.path);
    was ||= is;
    return is;
  };
}

async function play(one: Kind, post: Post, during: Meanwhile): Promise<Testbed> {
  const workflowId = idOf(one);
  const isFirstBefore = firstPost(one);
  const isFirstAfter = firstPost(one);
  const effect = typeof post.fault === 'function' ? post.fault(one) : post.fault;
  // A fault of the created resource cannot apply.
  const isNeverMade = during.ending === 'Cancelled' && everMade[post.known] === 0;
  const testbed: Testbed = await newStack({
    credentials: 'password',
    simulator: {
      faults: [
        ...(effect === undefined ? [] : [{ operation: one.operation, ...effect }]),
        ...(during.fault === undefined ? [] : [{ operation: one.operation, ...during.fault, optional: isNeverMade }]),
      ],
    },
    http: {
      beforeSend: (call) => {
        if (!isFirstBefore(call)) return 'continue';
        const { temporal } = testbed;
        temporal.clock.schedule(temporal.now(), () => void during.atPost?.(testbed, one));
        return post.before?.(call, testbed) ?? 'continue';
      },
      afterCommit: (call) => (isFirstAfter(call) ? (post.after?.(call, testbed) ?? 'continue') : 'continue'),
    },
  });
  const { temporal } = testbed;
  for (let more = 1; more < (during.workers ?? 1); more += 1) temporal.startWorker();
  if (during.starts === undefined) await temporal.start(one.type, workflowId, [one.document]);
  else await Promise.all(Array.from({ length: during.starts }, () => startAgain(testbed, one)));
  const phase = () => temporal.searchAttributes(workflowId).MaopsPhase;
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' || phase() === 'AwaitingOperator' });
  return testbed;
}

interface Expected {
  readonly phase: string;
  readonly failure: string | null;
  readonly sent: number;
  readonly made: number;
  readonly alive: number;
}

const everMade: Record<Known, number> = {
  made: 1,
  hidden: 1,
  nothing: 0,
  unsent: 0,
  renewed: 1,
  throttled: 0,
  exists: 0,
};
const sentAtOnce: Record<Known, number> = {
  made: 1,
  hidden: 1,
  nothing: 1,
  unsent: 0,
  renewed: 2,
  throttled: 1,
  exists: 1,
};

function expected({ kind, exists }: Kind, { known }: Post, { ending }: Meanwhile): Expected {
  const atOnce = sentAtOnce[known];
  // Where names repeat, a foreign resource is of no concern.
  switch (exists === null && ending !== 'Cancelled' ? 'Ready' : ending) {
    case 'Ready':
      return { phase: 'Ready', failure: null, sent: atOnce + 1 - everMade[known], made: 1, alive: 1 };
    case 'Cancelled':
      return { phase: 'Cancelled', failure: null, sent: atOnce, made: everMade[known], alive: 0 };
    case 'seenForeign':
    case 'hiddenForeign': {
      // Only a create without a response can have created a resource without a marker.
      const isUnconfirmed = known === 'hidden' || known === 'nothing' || known === 'unsent';
      const isReportedByAnother =
        ending === 'hiddenForeign' && kind === 'notebook' && (isUnconfirmed || known === 'throttled');
      const sent = atOnce + (isReportedByAnother ? 1 : 0);
      const end = isUnconfirmed
        ? { phase: 'AwaitingOperator', failure: 'UnknownOutcome' }
        : { phase: 'Failed', failure: 'NameTaken' };
      return { ...end, sent, made: 0, alive: 0 };
    }
  }
}

const timeOf = ({ at }: { at: string }) => Date.parse(at);

/** Both APIs. */
function notebooksIn({ notebooks, currentNotebooks }: SimState) {
  return [...notebooks, ...currentNotebooks];
}

describe.each(kinds)('a $kind', (one) => {
  const workflowId = idOf(one);
  const isNamed = one.exists !== null;
  describe.each(posts.filter(({ known }) => isNamed || known !== 'exists'))('whose POST $post', (post) => {
    test.each(meanwhiles)('while $meanwhile', async (during) => {
      const testbed = await play(one, post, during);
      const { temporal, simulator } = testbed;
      const progress = await testbed.progress(workflowId);
      const sent = simulator.requests(one.operation);
      const alive = oursIn(simulator.state(), { name });
      expect({
        phase: progress.phase,
        failure: progress.failure?.type ?? null,
        sent: sent.length,
        made: sent.filter(({ effect }) => effect !== null).length,
        alive: alive.pools.length + alive.notebooks.length,
      }).toEqual(expected(one, post, during));

      const [first, second] = sent;
      if (first !== undefined && second !== undefined && post.known !== 'renewed') {
        const isThrottled = post.known === 'throttled';
        const apart = during.pausedMs ?? (isThrottled ? 20 * seconds : productSettings.consistencyWindowMs);
        expect(timeOf(second) - timeOf(first)).toBeGreaterThanOrEqual(apart);
      }
      if (progress.phase === 'AwaitingOperator') await judgeAwaiting(testbed, one);
      if (during.ending === 'seenForeign' || during.ending === 'hiddenForeign') {
        const state = simulator.state();
        const left = [...state.pools, ...notebooksIn(state)].filter((there) => there.name === name);
        expect(left).toHaveLength(isNamed ? 1 : 2);
        expect(simulator.requests().filter(({ method }) => method === 'DELETE')).toEqual([]);
      }
      const isReady = during.ending === 'Ready' || (!isNamed && during.ending !== 'Cancelled');
      expect(temporal.openWorkflows()).toEqual(isReady ? [`lease/${name}`] : []);
    });
  });
});

describe.each(kinds)('a $kind whose create got no response', (one) => {
  const workflowId = idOf(one);
  const lost: Post = { post: '', known: 'hidden', fault: { kind: 'lost', at: 'after' } };
  const never: Post = { post: '', known: 'nothing', fault: { kind: 'lost', at: 'before' } };
  const unmarked = one.kind === 'pool' ? ['metadata.annotations'] : ['description', 'spec.annotations'];
  const looks = { pool: 'pools.show', notebook: 'notebooks.list', currentNotebook: 'currentNotebooks.list' } as const;

  test('is adopted although one response leaves the marker out', async () => {
    const operation = looks[one.kind];
    const bend = ({ simulator }: Testbed) =>
      simulator.faults.plan({ operation, kind: 'missingFields', paths: unmarked });
    const testbed = await play(one, lost, { meanwhile: '', atPost: bend, ending: 'Ready' });
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Ready' });
    expect(testbed.simulator.requests(one.operation)).toHaveLength(1);
  });

  test('keeps a foreign resource when it is cancelled, and reports it', async () => {
    const testbed = await play(one, never, {
      meanwhile: '',
      atPost: async (here) => {
        await place(here, one, { user: 'ops' });
        void here.temporal.cancel(workflowId);
      },
      ending: 'Cancelled',
    });
    const { phase, audit } = await testbed.progress(workflowId);
    expect(phase).toBe('Cancelled');
    const state = testbed.simulator.state();
    expect([...state.pools, ...notebooksIn(state)]).toHaveLength(1);
    // A notebook that is not marked is never looked at; only pools have the id that ours would have.
    if (one.kind === 'pool') expect(audit.at(-1)).toMatchObject({ verb: 'leave' });
  });
});

describe.each(kinds.filter(({ exists }) => exists !== null))('a $kind whose create got no response', (one) => {
  const workflowId = idOf(one);
  const never: Post = { post: '', known: 'nothing', fault: { kind: 'lost', at: 'before' } };

  test('and whose name the service reports as taken by something invisible, awaits an operator at the deadline', async () => {
    const taken = {
      status: one.exists?.status ?? 0,
      body: { json: { error_code: one.exists?.code, error_message: 'exists', error_msg: 'exists' } },
    };
    const testbed = await play(one, never, {
      meanwhile: '',
      atPost: ({ simulator }) =>
        simulator.faults.plan({ operation: one.operation, kind: 'status', ...taken, nth: 2, times: 'always' }),
      ending: 'Ready',
    });
    const { phase, failure } = await testbed.progress(workflowId);
    expect({ phase, type: failure?.type }).toEqual({ phase: 'AwaitingOperator', type: 'UnknownOutcome' });
    expect(failure?.message).toMatch(
      /marker maops:abc123-\S+ was sent at \S+Z \(.*\), and the latest at \S+Z \(.*exists.*\)/,
    );
    expect(failure?.message).toMatch(/2026-\S+Z/);
  });
});

/** Reports what was sent, when, and what was observed since. An operator who considers it foreign rolls back. */
async function judgeAwaiting({ temporal, simulator, progress }: Testbed, one: Kind): Promise<void> {
  const { kind } = one;
  const { failure, awaiting, why } = await progress(idOf(one));
  const state = simulator.state();
  const [there] = kind === 'pool' ? state.pools : state.notebooks;
  expect(failure?.message).toMatch(/marker maops:abc123-\w{8}-\w{8} was sent at 2026-01-01T\S+Z \(.+\)/);
  expect(failure?.message).toContain(`${there?.id} exists without a marker`);
  expect(why).toContain(failure?.message);
  expect(failure?.hint).toContain('resolve');
  expect(awaiting).toMatchObject({ kind: 'operator', verbs: expect.arrayContaining(['retry', 'rollback', 'abandon']) });
  await temporal.update(idOf(one), 'resolve', { verb: 'rollback', by: 'op', reason: 'not ours' });
  await temporal.run({ until: () => temporal.status(idOf(one)) !== 'RUNNING' });
  expect(await progress(idOf(one))).toMatchObject({ phase: 'Failed', failure: { type: 'UnknownOutcome' } });
}
