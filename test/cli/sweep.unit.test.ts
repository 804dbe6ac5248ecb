import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import type { Define, Run } from '../../src/cli/command.js';
import { commands } from '../../src/cli/commands/sweep.js';
import { runCommandLine } from '../../src/cli/main.js';
import { renderItems, renderResults } from '../../src/cli/output/plan.js';
import type { Plan, PlanItem } from '../../src/domain/teardown/plan.js';
import type { RunStart } from '../../src/temporal/start-options.js';
import { FakeRuns, makeProgress, makeRun } from '../client/fake-runs.js';
import { fakeContext } from './fake-context.js';
import { memoryTerminal } from './memory-terminal.js';

const item: PlanItem = {
  kind: 'pool',
  id: 'a-0123',
  name: 'a',
  createdAt: '2026-03-01T10:00:00Z',
  marker: '',
  isProtected: false,
  reason: 'orphan',
  environment: 'a',
  workspaceId: null,
  why: 'no open workflow owns it',
};

function planWith(change: Partial<Plan>): Plan {
  const hash = '41de91b15441054b';
  return { madeAt: '', hash, items: [item], kept: [], jobs: [], carrying: 3, refusal: null, unread: [], ...change };
}

/** Every sweep ends at once with this plan. */
class SweptRuns extends FakeRuns {
  constructor(readonly plan: Plan) {
    super();
  }

  override async start(request: RunStart): Promise<{ readonly runId: string }> {
    const started = await super.start(request);
    const value = { ...makeProgress({ phase: 'Done', endedAt: '2026-03-01T10:01:00Z' }), plan: this.plan, results: [] };
    const outcome = { value, failure: null };
    const answers = { progress: value };
    this.runs.set(request.workflowId, makeRun(request.workflowId, { status: 'COMPLETED', outcome, answers }));
    return started;
  }
}

async function perform(define: Define, plan: Plan | null, ...words: readonly string[]) {
  const runs = plan === null ? new FakeRuns() : new SweptRuns(plan);
  const { context, terminal } = fakeContext(runs);
  let code: number | null = null;
  const command = new Command('sweep');
  const run: Run = async (work) => {
    code = await work(context);
  };
  define(command, run, () => {
    throw new Error('not in this test');
  });
  const failure: unknown = await command.parseAsync([...words], { from: 'user' }).then(
    () => null,
    (error: unknown) => error,
  );
  return { code, failure, sent: runs.sent, out: terminal.out(), err: terminal.err() };
}

const refusal = 'it would delete 4 of the 7 resources that carry our marker (57.1 %, more than 20 %)';
const large = planWith({ items: [item, item, item, item], carrying: 7, refusal });

describe('a plan that is refused for its size', () => {
  test('is printed with the command that raises the share', async () => {
    const { code, err } = await perform(commands.plan, large);
    expect(code).toBe(0);
    expect(err).toMatch(/: maops sweep apply --hash 41de91b15441054b --yes --max-share 58\n$/);
  });

  test('is refused without a question, with the command that raises the share', async () => {
    const { code, failure, sent } = await perform(commands.apply, large, '--hash', large.hash);
    expect(code).toBeNull();
    expect(failure).toMatchObject({
      name: 'OperationRefusedError',
      message: expect.stringContaining(refusal),
      hint: expect.stringContaining('`maops sweep apply --hash 41de91b15441054b --yes --max-share 58`'),
    });
    expect(sent).toMatchObject([{ kind: 'start', argument: { rules: { orphans: { minAge: '0s' } } } }]);
  });
});

test('a plan that is not refused is applied with the same options', async () => {
  const { code, err } = await perform(commands.apply, planWith({}), '--hash', '41de91b15441054b', '--max-share', '50');
  expect(code).toBe(2);
  expect(err).toContain(': maops sweep apply --hash 41de91b15441054b --yes --max-share 50\n');
});

test.each([
  ['plan', []],
  ['apply', ['--hash', '41de91b15441054b']],
] as const)('%s prints the command with the reason, quoted', async (name, words) => {
  const { err } = await perform(commands[name], planWith({}), ...words, '--reason', "Anna's pools");
  expect(err).toContain(`maops sweep apply --hash 41de91b15441054b --yes --reason 'Anna'\\''s pools'\n`);
});

test('a plan without a worker is cancelled', async () => {
  const { failure, sent } = await perform(commands.plan, null);
  expect(failure).toMatchObject({ name: 'WorkerUnreachableError' });
  expect(sent.map(({ kind }) => kind)).toEqual(['start', 'cancel']);
});

test('an empty plan asks no question', async () => {
  const { code, failure } = await perform(commands.apply, planWith({ items: [] }), '--hash', '41de91b15441054b');
  expect({ code, failure }).toEqual({ code: 0, failure: null });
});

test.each([
  [['sweep', 'apply', '--hash', '123', '--yes']],
  [['sweep', 'apply', '--hash', '41DE91B15441054B']],
  [['env', 'teardown', 'team-a', '--hash', '123', '--yes']],
])('%j is invalid usage, because the hash is malformed', async (words) => {
  const terminal = memoryTerminal();
  expect(await runCommandLine(words, terminal)).toBe(2);
  expect(terminal.err()).toMatch(/^maops: --hash \S+: /);
});

test('the results of a sweep show the names from the plan', () => {
  const results = [{ kind: 'pool', id: 'a-0123', result: 'deleted', why: 'gone' }] as const;
  expect(renderResults({ results, plan: planWith({}) }, {}).split('\n')).toEqual([
    'RESULT   KIND  NAME  ID      WHY',
    'deleted  pool  a     a-0123  gone',
  ]);
  expect(renderResults({ results, plan: null }, {})).toContain('pool  -     a-0123');
});

describe('a plan on a terminal', () => {
  const id = 'team-a-0123456789abcdef0123456789abcdef';
  const items = [{ ...item, id, name: 'team-a', why: 'created by env/team-a', rule: 'maops:keep' }];

  test('has all columns where there is room', () => {
    expect(renderItems(items, { timeZone: 'UTC', columns: 160 })).toBe(renderItems(items, { timeZone: 'UTC' }));
  });

  test('shows ids and times below the reasons on a narrow terminal', () => {
    expect(renderItems(items, { timeZone: 'UTC', columns: 80 }).split('\n')).toEqual([
      'ACTION  KIND  NAME    REASON  WHY',
      `keep    pool  team-a  ${item.reason}  created by env/team-a; kept: maops:keep`,
      `                              ${id}, created`,
      '                              2026-03-01 10:00:00 UTC',
    ]);
  });

  test('gives reasons and ids lines of their own next to a long name', () => {
    const name = 'a-name-of-thirty-letters-in-all';
    const text = renderItems(
      items.map((one) => ({ ...one, name, id: `${name}-${'0'.repeat(32)}` })),
      { timeZone: 'UTC', columns: 80 },
    );
    expect(text.split('\n')).toEqual([
      'ACTION  KIND  NAME                             REASON',
      '  WHY',
      `keep    pool  ${name}  ${item.reason}`,
      '  created by env/team-a; kept: maops:keep',
      `  ${name}-${'0'.repeat(32)}, created`,
      '  2026-03-01 10:00:00 UTC',
    ]);
  });
});
