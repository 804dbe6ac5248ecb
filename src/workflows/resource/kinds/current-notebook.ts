import { type CurrentNotebookSpec, isCurrentNotebook, type Spec } from '../../../contract/spec.js';
import { parseDuration } from '../../../domain/duration.js';
import { grantDuration, grantLimits } from '../../../domain/lease/grant.js';
import { isImageId, recentImage } from '../../../domain/resource/image.js';
import {
  judgeNotebook,
  type NotebookFacts,
  type NotebookGoal,
  needsStart,
  nextCurrentNotebookRemoval,
  notebookApiOf,
} from '../../../domain/resource/notebook.js';
import { poolIdOf } from '../../../domain/resource/pool.js';
import { creates, reads, undos, waits } from '../../operation/activity-proxies.js';
import type { ResourceKind } from '../kind.js';
import { notebook as historical } from './notebook.js';

/**
 * A notebook instance of the current API. It shares step, phases and failures with the historical one, and a spec asks
 * for one of the two. Names repeat, so the marker in the description alone says which ones are ours.
 */
export const currentNotebook: ResourceKind<NotebookFacts, NotebookGoal> = {
  ...historical,
  identity: {
    namesRepeat: true,
    async byMarker(op, { name, owners, known }) {
      const { settings, installation } = op.identity;
      const { workspaceIds, notebooks } = known;
      const question = { installation, owners, workspaceIds, known: notebooks.filter(({ id }) => isCurrent(id)) };
      return await reads(settings, `notebooks of ${name}`).findOwnedCurrentNotebooks(question);
    },
  },

  wanted: ({ notebook: spec }) =>
    spec === undefined || !isCurrentNotebook(spec) ? null : { name: spec.name, workspaceId: spec.workspaceId ?? null },
  describe: (spec) => notebookIn(spec).flavor ?? 'a custom specification',
  judge: judgeNotebook,

  async findExisting({ spec, identity, owner, state }, limitMs) {
    const { name, workspaceId = null } = notebookIn(spec);
    const { lastCreate, leased } = state;
    const mayExist = lastCreate.outcome !== 'none';
    const question = { name, workspaceId, mayExist, owner, known: leased };
    return await reads(identity.settings, `notebook ${name}`, limitMs).findExistingCurrentNotebook(question);
  },
  async prepare({ spec, identity, image: known }, limitMs) {
    const { name, image, workspaceId = null } = notebookIn(spec);
    if (isImageId(image)) return image;
    const recent = recentImage(known, image, Date.now());
    if (recent !== null) return recent;
    return await reads(identity.settings, `notebook ${name}`, limitMs).resolveImage({ image, workspaceId });
  },
  async create({ spec, identity, owner }, imageId) {
    if (imageId === null) throw new Error('A notebook of the current API is created without its image.');
    const poolId = poolFor(spec, identity.projectId);
    const calls = creates(identity.settings, `notebook ${notebookIn(spec).name}`);
    return await calls.createCurrentNotebook({ spec, imageId, poolId, owner });
  },
  observe: async (op, wait, limitMs) =>
    await waits(op.identity.settings, `notebook ${wait.name}`, limitMs).observeCurrentNotebook(wait),
  start(op, facts) {
    if (!needsStart(facts)) return null;
    const { id, createdAt, name } = facts;
    // Retried like a read until the deadline: an error of this command does not end the wait.
    const durationMs = grantIn(op.state.spec);
    return (limitMs) =>
      reads(op.identity.settings, `notebook ${name}`, limitMs).startCurrentNotebook({ id, createdAt, durationMs });
  },

  nextRemoval: nextCurrentNotebookRemoval,
  async command(op, command, { id, createdAt, name }, { respectProtection }) {
    const calls = undos(op.identity.settings, `notebook ${name}`);
    const send = command === 'stop' ? calls.stopCurrentNotebook : calls.deleteCurrentNotebook;
    return await send({ id, createdAt, ...(respectProtection ? { respectProtection } : {}) });
  },

  hasId: isCurrent,
  known: ({ notebooks }) => notebooks.filter(({ id }) => isCurrent(id)),
  without: (resources) => ({ ...resources, notebooks: resources.notebooks.filter(({ id }) => !isCurrent(id)) }),
};

function isCurrent(id: string): boolean {
  return notebookApiOf(id) === 'current';
}

/** The run time of a start during the bring-up: the lease begins when everything is usable. */
function grantIn(spec: Spec | null): number {
  const ttl = spec?.lease === undefined ? null : parseDuration(spec.lease.ttl);
  const autoStop = spec?.notebook?.autoStop;
  const limits = grantLimits(
    typeof autoStop === 'string' ? autoStop : undefined,
    ttl === null ? null : Date.now() + ttl,
  );
  return grantDuration(limits, Date.now());
}

/**
 * The pool that the notebook runs on: the one that this run created, or the one in the spec, or none (public flavor).
 */
function poolFor(spec: Spec, projectId: string): string | null {
  return spec.pool === undefined ? (spec.notebook?.pool?.id ?? null) : poolIdOf(spec.name, projectId);
}

function notebookIn({ notebook: spec }: Spec): CurrentNotebookSpec {
  if (spec === undefined || !isCurrentNotebook(spec))
    throw new Error('The notebook step runs without a notebook of the current API in the spec.');
  return spec;
}
