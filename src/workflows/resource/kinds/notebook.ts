import {
  type HistoricalNotebookSpec,
  isCurrentNotebook,
  type NotebookPool,
  type Spec,
} from '../../../contract/spec.js';
import {
  judgeNotebook,
  type NotebookFacts,
  type NotebookGoal,
  needsStart,
  nextNotebookRemoval,
  notebookApiOf,
} from '../../../domain/resource/notebook.js';
import { poolIdOf } from '../../../domain/resource/pool.js';
import { creates, reads, undos, waits } from '../../operation/activity-proxies.js';
import type { ResourceKind } from '../kind.js';
import { observedNotebook, unobservedNotebook } from '../projection.js';

const failed = {
  type: 'NotebookFailed',
  hint: (name: string) => `See \`maops notebook show ${name}\`. Another flavor or pool may help.`,
} as const;

/**
 * A notebook instance of the historical API. The service assigns its id, and shows a lack of capacity only by refusing
 * a create.
 */
export const notebook: ResourceKind<NotebookFacts, NotebookGoal> = {
  step: 'notebook',
  needs: ['pool'],
  creating: { phase: 'CreatingNotebook', percent: 'createNotebook' },
  awaiting: { phase: 'AwaitingNotebook', percent: 'awaitNotebook' },
  removing: {
    stopping: { phase: 'StoppingNotebook', percent: 10 },
    deleting: { phase: 'DeletingNotebook', percent: 25 },
    verifying: { phase: 'Verifying', percent: 40 },
  },
  failures: {
    failed,
    unhealthy: failed,
    lost: { type: 'NotebookFailed', hint: () => 'Find out who deleted it, then start again.' },
  },
  soldOutHint: 'Try another notebook flavor.',
  identity: {
    async byMarker(op, { name, owners, known }) {
      const { settings, installation } = op.identity;
      const { workspaceIds, notebooks } = known;
      // Of both APIs: a removal knows neither the spec nor the API.
      const question = { installation, owners, workspaceIds, known: notebooks };
      return await reads(settings, `notebooks of ${name}`).findOwnedNotebooks(question);
    },
  },
  hasSaleStatus: false,
  gone: 'gone',

  wanted: ({ notebook: spec }) =>
    spec === undefined || isCurrentNotebook(spec) ? null : { name: spec.name, workspaceId: spec.workspaceId ?? null },
  choices: () => [{ resources: [] }],
  describe: (spec) => notebookIn(spec).flavor,
  goal: () => 'running',
  judge: judgeNotebook,
  isPartial: () => false,
  progress: (facts, at) => ({ notebook: facts === null ? null : observedNotebook(facts, at) }),
  share: ({ queueRank }) => (queueRank === null ? 0 : 1 / (1 + queueRank)),
  identified(op, id) {
    if (op.state.progress.notebook?.id !== id) op.update({ notebook: unobservedNotebook(id) });
  },

  async findExisting({ spec, identity, state }, limitMs) {
    const { name, workspaceId = null } = notebookIn(spec);
    const { lastCreate, leased } = state;
    const mayExist = lastCreate.outcome !== 'none';
    const everyones = lastCreate.outcome === 'unknown' && lastCreate.isTaken === true;
    const known = leased.filter(({ id }) => isHistorical(id));
    const question = { name, workspaceId, mayExist, everyones, known };
    return await reads(identity.settings, `notebook ${name}`, limitMs).findExistingNotebook(question);
  },
  create: async ({ spec, identity, owner }) =>
    await creates(identity.settings, `notebook ${notebookIn(spec).name}`).createNotebook({
      spec,
      pool: poolFor(spec, identity.projectId),
      owner,
    }),
  observe: async (op, wait, limitMs) =>
    await waits(op.identity.settings, `notebook ${wait.name}`, limitMs).observeNotebook(wait),
  start(op, facts) {
    const { id, createdAt, name } = facts;
    // Retried like a read until the deadline: an error of this command does not end the wait.
    return needsStart(facts)
      ? (limitMs) => reads(op.identity.settings, `notebook ${name}`, limitMs).startNotebook({ id, createdAt })
      : null;
  },

  removalState: ({ status }) => status,
  nextRemoval: nextNotebookRemoval,
  async command(op, command, { id, createdAt, name }, { respectProtection }) {
    const calls = undos(op.identity.settings, `notebook ${name}`);
    const send = { stop: calls.stopNotebook, dequeue: calls.dequeueNotebook, delete: calls.deleteNotebook }[command];
    return await send({ id, createdAt, ...(respectProtection ? { respectProtection } : {}) });
  },

  hasId: isHistorical,
  known: ({ notebooks }) => notebooks.filter(({ id }) => isHistorical(id)),
  without: (resources) => ({ ...resources, notebooks: resources.notebooks.filter(({ id }) => !isHistorical(id)) }),
};

function isHistorical(id: string): boolean {
  return notebookApiOf(id) === 'historical';
}

/**
 * The pool that the notebook runs on: the one that this run created, or the one in the spec, or none (public flavor).
 */
function poolFor(spec: Spec, projectId: string): NotebookPool | null {
  if (spec.pool === undefined) return spec.notebook?.pool ?? null;
  return { id: poolIdOf(spec.name, projectId), type: 'USER_DEFINED', name: spec.name, owner: { projectId } };
}

function notebookIn({ notebook: spec }: Spec): HistoricalNotebookSpec {
  if (spec === undefined || isCurrentNotebook(spec))
    throw new Error('The notebook step runs without a notebook of the historical API in the spec.');
  return spec;
}
