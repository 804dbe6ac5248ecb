import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { extendLeaseUpdate, releaseLeaseUpdate } from '../src/contract/messages.js';
import type { SweepProgress } from '../src/contract/workflows.js';
import { startTemporalServer } from '../src/dev/temporal-server.js';
import type { Fault } from '../src/simulator/faults/fault.js';
import { makeWorkflowBundle } from '../src/workflows/bundle.js';
import { type InProcessStack, startInProcessStack } from '../test/support/in-process-stack.js';
import { variables } from '../test/support/temporal-server.js';
import { currentNotebookPart, environmentDocument, notebookPart, poolPart } from '../test/workflows/documents.js';

/**
 * Records one history per workflow and way through it, for the replay tests. Run it whenever a workflow changes in a
 * way that an open run would notice, and keep the old recordings of a release: `npm run record -- FOLDER`.
 */
const folder = process.argv[2] ?? 'test/replay/histories/current';
const main = 'provisionPoolThenLaunchNotebook';

interface Scenario {
  readonly faults?: readonly Fault[];
  /** Runs operations and returns the ids whose histories are worth keeping, by file name. */
  readonly run: (stack: InProcessStack) => Promise<Readonly<Record<string, string>>>;
}

const ended = async (result: Promise<unknown>) => await result.catch(() => undefined);

const scenarios: readonly Scenario[] = [
  {
    run: async (stack) => {
      await (await stack.start(main, 'env/happy', environmentDocument('happy'))).result();
      const notebook = { kind: 'notebook', name: 'happy', by: 'op', reason: 'recorded' };
      await (await stack.start('changeResource', 'change/notebook/happy', { ...notebook, change: 'stop' })).result();
      await (await stack.start('teardownEnvironment', 'teardown/happy', { name: 'happy' })).result();
      return {
        'main-job-ready': 'env/happy',
        'change-stop': 'change/notebook/happy',
        'teardown-gone': 'teardown/happy',
        'lease-handed-over': 'lease/happy',
      };
    },
  },
  {
    run: async (stack) => {
      const document = environmentDocument('today', { notebook: currentNotebookPart() });
      await (await stack.start(main, 'env/today', document)).result();
      const notebook = { kind: 'notebook', name: 'today', by: 'op', reason: 'recorded' };
      await (await stack.start('changeResource', 'change/notebook/today', { ...notebook, change: 'stop' })).result();
      await (await stack.start('teardownEnvironment', 'teardown/today', { name: 'today' })).result();
      return {
        'main-job-current-notebook': 'env/today',
        'change-stop-current-notebook': 'change/notebook/today',
        'teardown-of-a-current-notebook': 'teardown/today',
        'lease-of-a-current-notebook': 'lease/today',
      };
    },
  },
  {
    run: async (stack) => {
      await (await stack.start(main, 'env/used', environmentDocument('used'))).result();
      await (await stack.start('teardownEnvironment', 'teardown/used', { name: 'used' })).result();
      await (await stack.start(main, 'env/let-go', environmentDocument('let-go'))).result();
      const lease = stack.client.workflow.getHandle('lease/let-go');
      await lease.executeUpdate(releaseLeaseUpdate, { args: [{ by: 'op', reason: 'recorded' }] });
      await lease.result();
      return { 'teardown-of-a-running-notebook': 'teardown/used', 'lease-released-with-a-notebook': 'lease/let-go' };
    },
  },
  {
    run: async (stack) => {
      const flavor = poolPart().flavors[0] ?? '';
      await stack.setSale(flavor, 'soldout');
      const handle = await stack.start(main, 'env/scarce', environmentDocument('scarce'));
      await stack.until('env/scarce', ({ phase }) => phase === 'AwaitingCapacity');
      await stack.setSale(flavor, 'normal');
      await handle.result();
      return { 'main-job-after-waiting-for-capacity': 'env/scarce' };
    },
  },
  {
    run: async (stack) => {
      await (await stack.start('provisionPool', 'pool/single', { name: 'single', pool: poolPart() })).result();
      const lease = stack.client.workflow.getHandle('lease/single');
      await lease.executeUpdate(releaseLeaseUpdate, { args: [{ by: 'op', reason: 'recorded' }] });
      await lease.result();
      return { 'pool-ready': 'pool/single', 'lease-released': 'lease/single' };
    },
  },
  {
    run: async (stack) => {
      const document = environmentDocument('ending', { lease: { ttl: '5s', max: '1m', warnings: ['2s'] } });
      await (await stack.start(main, 'env/ending', document)).result();
      const lease = stack.client.workflow.getHandle('lease/ending');
      await lease.executeUpdate(extendLeaseUpdate, { args: [{ by: 'op', reason: 'recorded', duration: '2s' }] });
      await lease.result();
      return { 'lease-extended-then-expired': 'lease/ending' };
    },
  },
  {
    run: async (stack) => {
      const notebook = notebookPart({ profileId: 'Multi-Engine 1.0 (python3)-cpu', flavor: 'modelarts.vm.cpu.2u' });
      await (await stack.start('launchNotebook', 'notebook/alone', { name: 'alone', notebook })).result();
      return { 'notebook-ready': 'notebook/alone', 'lease-open': 'lease/alone' };
    },
  },
  {
    run: async (stack) => {
      await (await stack.start(main, 'env/watched', environmentDocument('watched'))).result();
      const change = { kind: 'environment', name: 'watched', by: 'op', reason: 'recorded' };
      const id = 'change/environment/watched';
      await (await stack.start('changeResource', id, { ...change, change: 'protect' })).result();
      await stack.client.workflow.getHandle('lease/watched').terminate('recorded');
      await (await stack.start('auditResources', 'audit/of-orphans', {})).result();
      const adopt = { id: 'watched', by: 'op', reason: 'recorded' };
      await (await stack.start('auditResources', 'audit/adopting', { adopt })).result();
      await (await stack.start('auditResources', 'audit/of-owned', {})).result();
      return {
        'change-protect': id,
        'audit-of-orphans': 'audit/of-orphans',
        'audit-adopting': 'audit/adopting',
        'audit-of-owned': 'audit/of-owned',
      };
    },
  },
  {
    run: async (stack) => {
      await (await stack.start(main, 'env/swept', environmentDocument('swept'))).result();
      await stack.client.workflow.getHandle('lease/swept').terminate('recorded');
      const rules = { orphans: { minAge: '0s' } };
      const planned = await stack.start('sweepExpired', 'sweep/plan', { rules });
      await planned.result();
      const { plan } = await planned.query<SweepProgress>('progress');
      await ended(
        (await stack.start('sweepExpired', 'sweep/other', { apply: true, rules, planHash: 'other' })).result(),
      );
      await ended(
        (await stack.start('teardownEnvironment', 'teardown/other', { name: 'other', planHash: 'x' })).result(),
      );
      const applied = { apply: true, rules, planHash: plan?.hash };
      await (await stack.start('sweepExpired', 'sweep/applied', applied)).result();
      return {
        'sweep-planned': 'sweep/plan',
        'sweep-of-another-plan': 'sweep/other',
        'sweep-applied': 'sweep/applied',
        'teardown-by-plan': 'teardown/swept',
        'teardown-of-another-plan': 'teardown/other',
      };
    },
  },
  {
    faults: [{ operation: 'notebooks.create', kind: 'notebookFailed' }],
    run: async (stack) => {
      await ended((await stack.start(main, 'env/failing', environmentDocument('failing'))).result());
      return { 'main-job-rolled-back': 'env/failing' };
    },
  },
  {
    run: async (stack) => {
      const time = '2026-01-01T06:30:00Z';
      const scheduled = (schedule: string, start: unknown) =>
        stack.start('runScheduled', `schedule/${schedule}-${time}`, { schedule, reason: 'recorded', start });
      const document = environmentDocument('hours');
      await (await scheduled('morning', { what: 'provision', document })).result();
      await (await scheduled('nightly', { what: 'sweep', apply: false, rules: null })).result();
      const other = environmentDocument('hours', { onFailure: 'keep' });
      await ended((await scheduled('other', { what: 'provision', document: other })).result());
      await (await scheduled('evening', { what: 'teardown', name: 'hours' })).result();
      const waiting = environmentDocument('waiting', { approval: { required: true } });
      const endedOperations = await scheduled('cancelled', { what: 'provision', document: waiting });
      await stack.until(endedOperations.workflowId, ({ phase }) => phase === 'Applying');
      await endedOperations.cancel();
      await ended(endedOperations.result());
      await stack.client.workflow.getHandle('env/waiting').cancel();
      await ended(stack.client.workflow.getHandle('env/waiting').result());
      return {
        'scheduled-provision': `schedule/morning-${time}`,
        'scheduled-sweep': `schedule/nightly-${time}`,
        'scheduled-with-another-spec': `schedule/other-${time}`,
        'scheduled-teardown': `schedule/evening-${time}`,
        'scheduled-cancelled': `schedule/cancelled-${time}`,
      };
    },
  },
  {
    faults: [{ operation: 'pools.create', kind: 'lost', at: 'after' }],
    run: async (stack) => {
      const handle = await stack.start(main, 'env/cancelled', environmentDocument('cancelled'));
      await stack.until('env/cancelled', ({ phase }) => phase === 'AwaitingPool');
      await handle.signal('pause', { by: 'op', reason: 'recorded' });
      await stack.until('env/cancelled', ({ phase }) => phase === 'Paused');
      await handle.signal('resume', { by: 'op' });
      await handle.cancel();
      await ended(handle.result());
      return { 'main-job-cancelled': 'env/cancelled' };
    },
  },
  {
    faults: [{ operation: 'notebooks.create', kind: 'notebookFailed' }],
    run: async (stack) => {
      const document = environmentDocument('asking', { onFailure: 'ask', approval: { required: true } });
      const handle = await stack.start(main, 'env/asking', document);
      await stack.until('env/asking', ({ phase }) => phase === 'AwaitingApproval');
      await handle.executeUpdate('approve', { args: [{ by: 'op', reason: 'recorded' }] });
      await stack.until('env/asking', ({ phase }) => phase === 'AwaitingOperator');
      await handle.executeUpdate('resolve', { args: [{ verb: 'rollback', by: 'op', reason: 'recorded' }] });
      await ended(handle.result());
      return { 'main-job-approved-then-resolved': 'env/asking' };
    },
  },
];

const server = await startTemporalServer({ env: process.env, onProgress: (line) => console.error(line) });
process.env[variables.address] = server.address;
process.env[variables.namespace] = server.namespace;
const bundleFolder = await mkdtemp(path.join(tmpdir(), 'modelarts-ops-record-'));
process.env[variables.bundle] = path.join(bundleFolder, 'workflow-bundle.js');
await writeFile(process.env[variables.bundle] ?? '', await makeWorkflowBundle());
await mkdir(folder, { recursive: true });
for (const { faults, run } of scenarios) {
  const stack = await startInProcessStack({ faults: faults ?? [] });
  try {
    for (const [file, workflowId] of Object.entries(await run(stack))) {
      const history = await stack.client.workflow.getHandle(workflowId).fetchHistory();
      await writeFile(`${folder}/${file}.json`, `${JSON.stringify(JSON.parse(historyToJSON(history)))}\n`);
      console.error(`${file}: ${history.events?.length ?? 0} events`);
    }
  } finally {
    await stack.stop();
  }
}
await server.stop();
await rm(bundleFolder, { recursive: true });
