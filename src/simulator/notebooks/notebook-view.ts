import { type Json, type JsonObject, present } from '../json.js';
import type { Operation } from '../operations.js';
import type { NotebookRecord } from '../records.js';
import { epochIn, type World } from '../world.js';

/**
 * An instance in a response of the historical API (docs/api/notebooks-and-auth.md "2.3 Old instance object", "6.
 * Examples").
 */
export function notebookView(world: World, notebook: NotebookRecord, operation: Operation): JsonObject {
  const { id, name, description, status, flavor } = notebook;
  return present({
    id,
    name,
    description,
    status,
    // Text here, but numbers in auto_stop, as in the real service (docs/api/notebooks-and-auth.md "2.13 Contradictions
    // inside / between the sources").
    creation_timestamp: epochIn(world, operation, notebook.createdAt),
    latest_update_timestamp: epochIn(world, operation, notebook.updatedAt),
    flavor,
    flavor_details: flavorDetails(world, notebook),
    profile: profileView(world, notebook),
    pool: notebook.pool,
    spec: specView(world, notebook),
    ai_project: { id: notebook.aiProject },
    workspace: { id: notebook.workspaceId },
    user: { id: notebook.userId, name: notebook.userName },
    queuing_info: queuingInfo(world, notebook),
  });
}

/** The URL of a notebook, which works only with a token. */
function urlOf(world: World, notebook: NotebookRecord): string {
  const { region } = world;
  const host = `https://modelarts-lvs-common-lb.${region}.myhuaweicloud.com:32000`;
  return `${host}/modelarts/${region}/hubv100/notebook/user/${notebook.id}`;
}

function specView(world: World, notebook: NotebookRecord): Json {
  const running = notebook.status === 'RUNNING';
  const stop = notebook.stopTimestamp;
  const left = stop === undefined ? 0 : Math.max(0, Math.floor((stop - world.clock.now()) / 1000));
  return {
    annotations: {
      ...notebook.annotations,
      target_domain: `https://modelarts-notebook-2.${world.region}.myhuaweicloud.com`,
      url: running ? urlOf(world, notebook) : '',
    },
    auto_stop: {
      ...notebook.autoStop,
      ...(running && stop !== undefined ? { remain_time: left, stop_timestamp: stop } : {}),
    },
    extend_params: null,
    failed_reasons: notebook.failedReasons ?? null,
    repository: null,
    extend_storage: notebook.extendStorage,
    storage: notebook.storage,
  };
}

function flavorDetails(world: World, notebook: NotebookRecord): Json {
  const flavor = world.catalogue.notebookFlavors.find((candidate) => candidate.name === notebook.flavor);
  const status = world.state.notebookSale[notebook.flavor] ?? 'onSale';
  const free = flavor?.free === true;
  const ahead = world.state.notebooks.filter((other) => other.flavor === notebook.flavor && other.queue !== undefined);
  return {
    name: notebook.flavor,
    params: { ...flavor?.params },
    status,
    type: flavor?.type ?? 'CPU',
    promo_type: free ? 'Free' : 'NoDiscount',
    instance_num: world.state.notebooks.filter(
      (other) => other.flavor === notebook.flavor && other.userId === notebook.userId,
    ).length,
    is_permitted: true,
    duration: SECONDS_PER_HOUR,
    store_time: free ? HOURS_KEPT_FREE : -1,
    storage_list: ['obs', 'evs', 'efs'],
    ...(free && status === 'soldOut'
      ? { queuing_num: Math.max(ahead.length, queueRank(world, notebook)), queue_left_time: queueLeft(world, notebook) }
      : {}),
  };
}

const SECONDS_PER_HOUR = 3600;
const HOURS_KEPT_FREE = 72;

function profileView(world: World, notebook: NotebookRecord): Json {
  const profile = world.catalogue.profiles.find((candidate) => candidate.id === notebook.profileId);
  const hardware = profile?.hardware ?? 'CPU';
  return {
    id: notebook.profileId,
    name: notebook.profileId,
    description: `${notebook.profileId} of the simulator`,
    de_type: 'Notebook',
    flavor_type: hardware === 'ASCEND' ? 'Ascend' : hardware,
    provision: {
      type: 'Docker',
      annotations: { category: profile?.category ?? '', type: 'system' },
      spec: {
        engine: 'CCE',
        params: { namespace: 'atelier', image_name: profile?.image ?? '', image_tag: '2.0.5-B003', annotations: null },
      },
    },
    labels: {},
  };
}

function queuingInfo(world: World, notebook: NotebookRecord): Json | undefined {
  const { queue } = notebook;
  if (queue === undefined) return undefined;
  return {
    id: notebook.id,
    name: notebook.name,
    de_type: 'Notebook',
    flavor: notebook.flavor,
    flavor_details: flavorDetails(world, notebook),
    status: queue.status,
    begin_timestamp: queue.begin,
    end_timestamp: queue.end,
    remain_time: queueLeft(world, notebook),
    rank: queueRank(world, notebook),
  };
}

function queueLeft(world: World, { queue }: NotebookRecord): number {
  return queue === undefined ? 0 : Math.max(0, Math.ceil((queue.end - world.clock.now()) / 1000));
}

/** The rank in the queue falls linearly and is at least 1. */
function queueRank(world: World, { queue }: NotebookRecord): number {
  if (queue === undefined) return 0;
  const left = Math.max(0, queue.end - world.clock.now()) / Math.max(1, queue.end - queue.begin);
  return Math.max(1, Math.ceil(left * queue.places));
}
