import type { Testbed } from '../support/testbed.js';
import type { WorkflowRun } from '../temporal-sim/workflow-run.js';
import {
  environmentDocument,
  poolPart,
  publicCurrentNotebookPart,
  publicNotebookPart,
} from '../workflows/documents.js';
import type { Action, After, ChaosSeed, Crossing, DrawnJob } from './chaos-seed.js';
import type { CommandTexts } from './command-texts.js';
import { oursIn } from './judge.js';
import { chaosName, neighbourName } from './seed.js';

const teardown = `teardown/${chaosName}`;
const lease = `lease/${chaosName}`;
const change = `change/notebook/${chaosName}`;

/** What a action needs of the scenario that is being played. */
export interface Stage {
  readonly testbed: Testbed;
  readonly scenario: ChaosSeed;
  /** Starts an operation, and notes what was so before. */
  readonly start: (workflowType: string, workflowId: string, document: unknown) => Promise<unknown>;
  readonly words: CommandTexts;
  /** Sends `tryNow`. */
  readonly tryNow: (workflowId: string) => void;
  /** Tells what is wrong. */
  readonly problem: (what: string) => void;
  /** Starts a job of another user on the pool. */
  readonly startJob: (job: DrawnJob) => void;
  /** Does something later. */
  readonly later: (ms: number, act: () => unknown) => void;
}

/** Performs an action of the scenario on a running operation. */
export async function act(action: Action, stage: Stage): Promise<unknown> {
  const { testbed, scenario, start, later, words, tryNow } = stage;
  const { temporal, simulator } = testbed;
  const { workflowType, workflowId, document, notebookApi } = scenario;
  const placedAs = notebookApi === 'current' ? 'currentNotebooks' : 'notebooks';
  const { forMs = 0 } = action;
  // One lease for all: the judge knows its drain.
  const leased = document.lease === undefined ? {} : { lease: document.lease };
  const place = async (kind: 'pools' | 'notebooks' | 'currentNotebooks' | 'behavior', body: Record<string, unknown>) =>
    await simulator.handle({ method: 'POST', path: `/_sim/${kind}`, headers: {}, body: JSON.stringify(body) });
  switch (action.what) {
    case 'cancel':
      await temporal.signal(workflowId, 'announceCancel', { ...words.signal(), cause: 'operator' });
      return await temporal.cancel(workflowId);
    case 'teardown':
      return await temporal.start('teardownEnvironment', teardown, [{ name: chaosName, ...scenario.jobs.teardown }]);
    case 'startAgain':
      return await start(workflowType, workflowId, document);
    case 'startOther':
      return await start(workflowType, workflowId, {
        ...document,
        deadlines: { pool: '80m', notebook: '15m' },
        onFailure: 'rollback',
      });
    case 'startPool':
      return await start('provisionPool', `pool/${chaosName}`, { name: chaosName, pool: poolPart(), ...leased });
    case 'startNotebook': {
      const notebook = notebookApi === 'current' ? publicCurrentNotebookPart() : publicNotebookPart();
      const alone = { name: chaosName, notebook, ...leased };
      return await start('launchNotebook', `notebook/${chaosName}`, alone);
    }
    case 'neighbour': {
      const deadlines = { pool: '90m', notebook: '20m', capacity: '2h', ask: '1h', undo: '30m' };
      const own = environmentDocument(neighbourName, { deadlines });
      return await start('provisionPoolThenLaunchNotebook', `env/${neighbourName}`, own);
    }
    case 'pause':
      later(forMs, () => temporal.signal(workflowId, 'resume', words.signal()));
      for (let left = words.repeats(); left > 0; left -= 1) {
        await temporal.signal(workflowId, 'pause', words.signal());
        // A run that is activated too often at one moment counts as a loop.
        await temporal.sleep(50);
      }
      return await temporal.signal(workflowId, 'pause', words.signal());
    case 'tryNow':
      return tryNow(workflowId);
    case 'killWorker':
      return temporal.killWorker();
    case 'drainWorker':
      return temporal.stopWorker();
    case 'addWorker':
      return temporal.startWorker();
    case 'outage':
      return temporal.cutOff(forMs);
    case 'cutWorker':
    case 'freezeWorker': {
      const worker = temporal.workers.findLast(({ alive }) => alive);
      if (worker === undefined) return;
      // Another worker continues meanwhile, otherwise nothing would happen without the frozen one.
      temporal.startWorker();
      return temporal.cutOff(forMs, { worker, frozen: action.what === 'freezeWorker' });
    }
    case 'squatPool':
      if (simulator.state().pools.some(({ name }) => name === chaosName)) return;
      return await place('pools', { name: chaosName, description: 'of someone else' });
    case 'squatNotebook':
      if (notebookApi === 'historical' && simulator.state().notebooks.some(({ name }) => name === chaosName)) return;
      return await place(placedAs, { name: chaosName, user: 'ops' });
    case 'guest': {
      const pool = oursIn(simulator.state(), { name: chaosName }).pools.find(({ phase }) => phase === 'Running');
      return pool === undefined ? undefined : await place(placedAs, { name: 'guest', pool: pool.id });
    }
    case 'foreign':
      return await place('pools', { name: `foreign-${simulator.state().pools.length}` });
    case 'job':
      return action.job === undefined ? undefined : stage.startJob(action.job);
    case 'readable':
      return await place('behavior', { unavailable: {} });
  }
}

/** Cancels, pauses or retries the run that is being activated, if the crossing is about it; returns what was done. */
export function cross(
  { what, of, forMs = 0 }: Crossing,
  run: WorkflowRun,
  { testbed, scenario, later, words, tryNow }: Stage,
): string | null {
  const { workflowId } = run;
  if (workflowId !== { operation: scenario.workflowId, lease, teardown }[of]) return null;
  const { temporal } = testbed;
  if (what === 'cancel') run.requestCancel('');
  else if (what === 'tryNow') tryNow(workflowId);
  else {
    const [pause, resume] = [words.signal(), words.signal()];
    later(0, () => temporal.signal(workflowId, 'pause', pause));
    later(forMs, () => temporal.signal(workflowId, 'resume', resume));
  }
  return `${what} ${workflowId}`;
}

/** Performs an action of the scenario on the name after its operation has ended. */
export async function actAfter(after: After, { testbed, scenario, start, words, later }: Stage): Promise<unknown> {
  const { temporal, simulator } = testbed;
  const command = words.command();
  switch (after) {
    case 'teardown':
      return await temporal.start('teardownEnvironment', teardown, [{ name: chaosName, ...scenario.jobs.teardown }]);
    case 'release':
      return await temporal.client.workflow.getHandle(lease).executeUpdate('releaseLease', { args: [command] });
    case 'cancelLease':
      return await temporal.cancel(lease);
    case 'wait':
      return later(scenario.jobs.waitMs, () => undefined);
    case 'startAgain':
      return await start(scenario.workflowType, scenario.workflowId, scenario.document);
    case 'stopNotebook':
    case 'startNotebook': {
      // An operator may stop any notebook by its name; stopping another user's notebook is not tried here.
      if (oursIn(simulator.state(), { name: chaosName }).notebooks.length === 0) return;
      const verb = after === 'stopNotebook' ? 'stop' : 'start';
      return await temporal.start('changeResource', change, [
        { kind: 'notebook', name: chaosName, change: verb, ...command },
      ]);
    }
  }
}
