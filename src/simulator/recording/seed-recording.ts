import type { CurrentNotebookRecord } from '../current-notebooks/record.js';
import { isObject, type Json, type JsonObject, objectAt, textAt, valueAt } from '../json.js';
import type { LivingRecord, NetworkRecord, NotebookRecord, WorkloadRecord } from '../records.js';
import { nextSequence, type World } from '../world.js';
import { numberAt, textMapAt, timeAt } from './fields.js';
import { poolRecord } from './recorded-pool.js';
import { type Recording, recordedRows } from './recording.js';

/** Puts the resources of a recording into the state. They keep their phase until a call changes them. */
export function seedRecording(world: World, recording: Recording): void {
  const now = world.clock.now();
  // Ages are as they were when the recording was made.
  const aged = (row: JsonObject, ...path: readonly [string, ...string[]]) =>
    now - Math.max(0, recording.recordedAt - timeAt(row, recording.recordedAt, ...path));
  const living = (kind: string, id: string, name: string, createdAt: number): LivingRecord => ({
    id,
    name,
    uid: `${kind}-${nextSequence(world)}`,
    createdAt,
    overrides: [],
    hidden: {},
  });
  const metadata = (kind: string, row: JsonObject) => {
    const labels = textMapAt(row, 'metadata', 'labels');
    const id = textAt(row, 'metadata', 'name') ?? '';
    return {
      ...living(kind, id, labels['os.modelarts/name'] ?? id, aged(row, 'metadata', 'creationTimestamp')),
      labels,
      annotations: textMapAt(row, 'metadata', 'annotations'),
    };
  };
  const { state } = world;
  for (const row of recordedRows(recording, 'networks.list', 'items')) {
    const network: NetworkRecord = {
      ...metadata('network', row),
      cidr: textAt(row, 'spec', 'cidr') ?? '',
      phase: textAt(row, 'status', 'phase') ?? '',
    };
    state.networks.push(network);
  }
  for (const row of recordedRows(recording, 'pools.list', 'items')) {
    state.pools.push(poolRecord(row, metadata('pool', row)));
  }
  for (const [row, isOwn] of owned(recording, 'notebooks.list', 'instances', (one) => isOwnList(recording, one))) {
    const id = textAt(row, 'id') ?? '';
    state.notebooks.push(
      oldNotebook(
        world,
        row,
        living('notebook', id, textAt(row, 'name') ?? id, aged(row, 'creation_timestamp')),
        isOwn,
      ),
    );
  }
  const own = new Set(recordedRows(recording, 'currentNotebooks.list', 'data').map((row) => textAt(row, 'id')));
  const both = [
    ...recordedRows(recording, 'currentNotebooks.list', 'data'),
    ...recordedRows(recording, 'currentNotebooks.listAll', 'data').filter((row) => !own.has(textAt(row, 'id'))),
  ];
  for (const row of both) {
    const id = textAt(row, 'id') ?? '';
    const record = living('current', id, textAt(row, 'name') ?? id, aged(row, 'create_at'));
    state.currentNotebooks.push(currentNotebook(world, row, record, own.has(id)));
  }
  for (const { operation, state: result, path, body } of recording.calls) {
    if (operation !== 'workloads.list' || result !== 'ok') continue;
    const pool = state.pools.find(({ id }) => id === textAt(path, 'pool_name'));
    const rows = isObject(body) && Array.isArray(body.items) ? body.items.filter(isObject) : [];
    if (pool === undefined) continue;
    for (const row of rows) {
      const createdAt = aged(row, 'createTime');
      const id = textAt(row, 'jobUUID') ?? '';
      const job: WorkloadRecord = {
        ...living('workload', id, textAt(row, 'jobName') ?? id, createdAt),
        poolId: pool.id,
        poolUid: pool.uid,
        type: textAt(row, 'type') ?? 'train',
        status: textAt(row, 'status') ?? '',
        ...userOf(world, false),
        workspaceId: '0',
        flavor: textAt(row, 'flavor') ?? '',
        nodeCount: 1,
        nodeNames: [],
        visibleAt: createdAt,
        startedAt: createdAt + numberAt(row, 0, 'pendingDuration') * 1000,
      };
      state.workloads.push(job);
    }
  }
}

/** The rows of the first list, which has the caller's own, and those that only the second list has. */
function owned(
  recording: Recording,
  operation: string,
  key: string,
  isOwn: (row: JsonObject) => boolean,
): (readonly [JsonObject, boolean])[] {
  const byId = new Map(recordedRows(recording, operation, key).map((row) => [textAt(row, 'id') ?? '', row]));
  return [...byId.values()].map((row) => [row, isOwn(row)] as const);
}

function isOwnList({ calls }: Recording, row: JsonObject): boolean {
  const first = calls.find(({ operation }) => operation === 'notebooks.list');
  const rows = isObject(first?.body) && Array.isArray(first.body.instances) ? first.body.instances : [];
  return rows.some((one) => textAt(one, 'id') === textAt(row, 'id'));
}

/** The caller, or another user. */
function userOf({ users }: World, isOwn: boolean): { userId: string; userName: string } {
  const user = isOwn ? users[0] : (users[1] ?? users[0]);
  return { userId: user?.id ?? '', userName: user?.name ?? '' };
}

function oldNotebook(world: World, row: JsonObject, record: LivingRecord, isOwn: boolean): NotebookRecord {
  const pool = textAt(row, 'pool', 'id');
  return {
    ...record,
    description: textAt(row, 'description') ?? '',
    status: textAt(row, 'status') ?? '',
    updatedAt: record.createdAt,
    profileId: textAt(row, 'profile', 'id') ?? '',
    flavor: textAt(row, 'flavor') ?? '',
    storage: plain(valueAt(row, 'spec', 'storage')),
    extendStorage: plain(valueAt(row, 'spec', 'extend_storage')),
    annotations: {},
    autoStop: { enable: valueAt(row, 'spec', 'auto_stop', 'enable') === true },
    workspaceId: textAt(row, 'workspace', 'id') ?? '0',
    aiProject: textAt(row, 'ai_project', 'id') ?? '',
    ...(pool === undefined ? {} : { pool: { id: pool } }),
    ...userOf(world, isOwn),
    token: '0'.repeat(32),
  };
}

function currentNotebook(world: World, row: JsonObject, record: LivingRecord, isOwn: boolean): CurrentNotebookRecord {
  const now = world.clock.now();
  const pool = textAt(row, 'pool', 'id');
  const flavor = textAt(row, 'flavor');
  return {
    ...record,
    description: textAt(row, 'description') ?? '',
    status: textAt(row, 'status') ?? '',
    statusSince: now,
    updatedAt: record.createdAt,
    feature: textAt(row, 'feature') ?? 'NOTEBOOK',
    ...(flavor === undefined ? {} : { flavor }),
    imageId: textAt(row, 'image', 'id') ?? '',
    volume: {
      id: textAt(row, 'volume', 'id') ?? '',
      category: textAt(row, 'volume', 'category') ?? 'EVS',
      ownership: textAt(row, 'volume', 'ownership') ?? 'MANAGED',
      capacity: numberAt(row, 5, 'volume', 'capacity'),
      mountPath: textAt(row, 'volume', 'mount_path') ?? '/home/ma-user/work/',
      readOnly: false,
    },
    dataVolumes: [],
    mounts: [],
    endpoints: [],
    lease: {
      createAt: record.createdAt,
      duration: numberAt(row, -1, 'lease', 'duration'),
      enable: objectAt(row, 'lease')?.enable === true,
      type: textAt(row, 'lease', 'type') === 'IDLE' ? 'IDLE' : 'TIMING',
      updateAt: record.createdAt,
    },
    ...(pool === undefined ? {} : { pool: { id: pool, name: textAt(row, 'pool', 'name') ?? pool } }),
    workspaceId: textAt(row, 'workspace_id') ?? '0',
    tags: {},
    more: {},
    ...(textAt(row, 'fail_reason') === undefined ? {} : { failReason: textAt(row, 'fail_reason') ?? '' }),
    starts: 1,
    busy: false,
    idleSince: now,
    ...userOf(world, isOwn),
  };
}

function plain(value: Json | undefined): Json {
  return value ?? null;
}
