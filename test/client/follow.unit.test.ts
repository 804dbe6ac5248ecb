import { describe, expect, test } from '@jest/globals';
import { ServerUnreachableError } from '../../src/client/errors.js';
import { type FollowOptions, follow, type Pacer } from '../../src/client/follow.js';
import type { Run } from '../../src/client/temporal/run.js';
import type { Progress } from '../../src/contract/progress.js';
import { FakeRuns, makeProgress, makeRun } from './fake-runs.js';

/** Time that only passes while something sleeps. */
function makePacer(): Pacer {
  let now = 0;
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
}

const ended = { status: 'COMPLETED' as const, closedAt: new Date('2026-03-01T11:00:00Z') };
const ready = makeProgress({
  phase: 'Ready',
  endedAt: '2026-03-01T11:00:00.000Z',
  percent: 100,
  why: 'team-a is ready to use',
});

/** A Temporal with a new state at every read. An error means that it is unreachable. */
class ScriptedRuns extends FakeRuns {
  constructor(private readonly script: (Progress | Error)[]) {
    super(makeRun('env/team-a'));
  }

  override async describe(workflowId: string): Promise<Run | null> {
    const next = this.script.length > 1 ? this.script.shift() : this.script[0];
    if (next instanceof Error) throw next;
    const isOver = next !== undefined && next.endedAt !== null;
    this.runs.set(
      workflowId,
      makeRun(
        workflowId,
        isOver ? { ...ended, outcome: { value: next, failure: null } } : { answers: { progress: next } },
      ),
    );
    return await super.describe(workflowId);
  }
}

async function collect(script: (Progress | Error)[], options: FollowOptions = {}): Promise<string[]> {
  const seen: string[] = [];
  for await (const { phase, percent } of follow(new ScriptedRuns(script), 'env/team-a', makePacer(), options))
    seen.push(`${phase} ${percent}`);
  return seen;
}

describe('following an operation', () => {
  test('yields every change once and ends with the ended operation', async () => {
    const half = makeProgress({ percent: 50 });
    expect(await collect([makeProgress(), makeProgress(), half, half, ready])).toEqual([
      'AwaitingPool 45',
      'AwaitingPool 50',
      'Ready 100',
    ]);
  });

  test('survives a restart of Temporal and reports each outage once', async () => {
    const away = new ServerUnreachableError('localhost:7233');
    const told: string[] = [];
    const seen = await collect([makeProgress(), away, away, makeProgress({ percent: 50 }), away, ready], {
      onTrouble: (error) => told.push(error.message),
    });
    expect(seen).toEqual(['AwaitingPool 45', 'AwaitingPool 50', 'Ready 100']);
    expect(told).toHaveLength(2);
  });

  test('fails when Temporal stays down', async () => {
    await expect(collect([makeProgress(), new ServerUnreachableError('localhost:7233')])).rejects.toThrow(
      ServerUnreachableError,
    );
  });

  test('fails at once when Temporal was down from the start', async () => {
    await expect(collect([new ServerUnreachableError('localhost:7233'), makeProgress()])).rejects.toThrow(
      ServerUnreachableError,
    );
  });

  test('ends when its signal aborts', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(collect([makeProgress()], { signal })).rejects.toThrow('enough');
  });
});
