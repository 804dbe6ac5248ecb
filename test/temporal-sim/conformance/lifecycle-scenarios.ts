import type { Scenario, Scene } from './scenario.js';

const alreadyStarted = [{ name: 'WorkflowExecutionAlreadyStartedError' }];

async function idsOf(scene: Scene, query: string): Promise<string[]> {
  const ids: string[] = [];
  const { client } = scene.target;
  for await (const { workflowId } of client.workflow.list({ query }))
    ids.push(workflowId === scene.id ? 'this' : 'other');
  return ids;
}

/** Timers, continue-as-new, visibility, ids and the ways a workflow ends. */
export const lifecycleScenarios: readonly Scenario[] = [
  {
    name: 'timers fire in the order of their length, and a cancelled one does not',
    observe: async (scene) => await scene.run('timers', [3_100, 50, 60_000, 3_000]),
    expected: ['50', 'cancelled', '3000', '3100'],
  },
  {
    name: 'continue-as-new carries arguments and search attributes, and the result follows the runs',
    async observe(scene) {
      const result = await scene.run('rounds', [3]);
      const { typedSearchAttributes } = await scene.during(scene.handle.describe());
      const phases = typedSearchAttributes
        .getAll()
        .flatMap(({ key, value }) => (key.name === 'MaopsPhase' ? [value] : []));
      return { result, phases };
    },
    expected: { result: { state: ['round 1', 'round 2', 'round 3'], isFirstRun: false }, phases: ['round3'] },
  },
  {
    name: 'continue-as-new drops a cancellation request',
    async observe(scene) {
      await scene.start('continueWhenCancelled');
      await scene.target.until('it waits', async () => (await scene.handle.describe()).historyLength >= 4);
      await scene.during(scene.handle.cancel());
      return { result: await scene.result(), status: await scene.status() };
    },
    expected: { result: 'not cancelled', status: 'COMPLETED' },
  },
  {
    name: 'lists find a workflow by id, status, type and search attribute',
    async observe(scene) {
      const value = scene.id.slice(-12);
      await scene.start('visible', [value]);
      const queries = [`WorkflowId = '${scene.id}'`, `MaopsPhase = '${value}' AND WorkflowType = 'visible'`];
      const open = `${queries[0]} AND ExecutionStatus = 'Running'`;
      for (const query of [...queries, open])
        await scene.target.until(query, async () => (await idsOf(scene, query)).length === 1);
      const found = await scene.during(Promise.all(queries.map((query) => idsOf(scene, query))));
      const { memo } = await scene.during(scene.handle.describe());
      await scene.signal('finish', 'now');
      await scene.result();
      await scene.target.until('closed', async () => (await idsOf(scene, open)).length === 0);
      const count = await scene.during(scene.target.client.workflow.count(queries[0]));
      return { found, memo: memo?.note === value, count: count.count };
    },
    expected: { found: [['this'], ['this']], memo: true, count: 1 },
  },
  {
    name: 'an open workflow id is refused, joined or replaced as the conflict policy says',
    async observe(scene) {
      const { firstExecutionRunId } = await scene.start('collect');
      const refused = await scene.tryStart('collect');
      const joined = await scene.start('collect', [], { workflowIdConflictPolicy: 'USE_EXISTING' });
      const replaced = await scene.start('collect', [], { workflowIdConflictPolicy: 'TERMINATE_EXISTING' });
      const first = scene.target.client.workflow.getHandle(scene.id, firstExecutionRunId);
      const { status } = await scene.during(first.describe());
      await scene.signal('finish', 'now');
      await scene.result();
      return {
        refused,
        isJoined: joined.firstExecutionRunId === firstExecutionRunId,
        isReplaced: replaced.firstExecutionRunId !== firstExecutionRunId,
        first: status.name,
      };
    },
    expected: { refused: alreadyStarted, isJoined: true, isReplaced: true, first: 'TERMINATED' },
  },
  {
    name: 'a closed workflow id is used again as the reuse policy says',
    async observe(scene) {
      await scene.run('timers', [1, 2]);
      const again = (workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY' | 'ALLOW_DUPLICATE') =>
        scene.tryStart('fail', ['Again'], { workflowIdReusePolicy });
      const rejected = await again('REJECT_DUPLICATE');
      const afterSuccess = await again('ALLOW_DUPLICATE_FAILED_ONLY');
      const allowed = await again('ALLOW_DUPLICATE');
      await scene.result();
      const afterFailure = await again('ALLOW_DUPLICATE_FAILED_ONLY');
      await scene.result();
      return { rejected, afterSuccess, allowed, afterFailure };
    },
    expected: { rejected: alreadyStarted, afterSuccess: alreadyStarted, allowed: 'started', afterFailure: 'started' },
  },
  {
    name: 'a terminated workflow runs no more code',
    async observe(scene) {
      await scene.start('cleanUp', [{ startToCloseTimeout: '5 s' }, [[]], false]);
      await scene.during(scene.handle.terminate('enough'));
      return { result: await scene.result(), status: await scene.status(), attempts: scene.attempts.length };
    },
    expected: {
      result: [{ name: 'WorkflowFailedError', retryState: 'NON_RETRYABLE_FAILURE' }, { name: 'TerminatedFailure' }],
      status: 'TERMINATED',
      attempts: 0,
    },
  },
  {
    name: 'a failed workflow has the type and details of its failure',
    async observe(scene) {
      return { result: await scene.run('fail', ['OnPurpose']), status: await scene.status() };
    },
    expected: {
      result: [
        { name: 'WorkflowFailedError', retryState: 'RETRY_POLICY_NOT_SET' },
        { name: 'ApplicationFailure', type: 'OnPurpose', nonRetryable: true, details: ['detail'] },
      ],
      status: 'FAILED',
    },
  },
];
