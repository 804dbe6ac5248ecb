import type { HistoricalNotebookSpec, NotebookPool, NotebookStorage, PoolSpec, Spec } from '../../contract/spec.js';
import { HOUR, parseDuration } from '../../domain/duration.js';
import { leasedAutoStop } from '../../domain/lease/lease.js';
import { poolChoices } from '../../domain/provision/pool-choices.js';
import { formatMarker, type Marker, markedDescription } from '../../domain/resource/marker.js';

/**
 * Drops absent values: a request contains only what the spec sets (docs/api/pools-and-flavors.md "9. Further points of
 * the primary pages").
 */
export function given<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the filter is what the type says
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/**
 * The body of POST pools for one flavor choice (docs/api/pools-and-flavors.md "2.2 Create"), with our marker in the
 * description.
 */
export function poolRequest(name: string, pool: PoolSpec, choice: number, marker: Marker) {
  const { billing } = pool;
  return {
    apiVersion: 'v2' as const,
    kind: 'Pool' as const,
    metadata: {
      labels: {
        'os.modelarts/name': name,
        ...given({
          'os.modelarts/workspace.id': pool.workspaceId,
          'os.modelarts/sharing': pool.sharing,
          'os.modelarts/node.prefix': pool.nodePrefix,
        }),
      },
      annotations: {
        'os.modelarts/description': markedDescription(pool.description, marker),
        ...given({
          'os.modelarts/billing.mode': billing?.mode,
          'os.modelarts/period.num': billing?.periodNum,
          'os.modelarts/period.type': billing?.periodType,
          'os.modelarts/auto.renew': billing?.autoRenew,
          'os.modelarts/auto.pay': billing?.autoPay,
          'os.modelarts/promotion.info': billing?.promotionInfo,
          'os.modelarts/service.console.url': billing?.serviceConsoleUrl,
          'os.modelarts/order.id': billing?.orderId,
          'os.modelarts/product.id': billing?.productId,
          'os.modelarts/scheduler.extension': pool.schedulerExtension,
        }),
      },
    },
    spec: {
      type: pool.type,
      scope: [...pool.scope],
      resources: (poolChoices(pool)[choice]?.resources ?? []).map((resource) => ({ ...resource })),
      ...given({
        parent: pool.parent,
        network: pool.network === undefined ? undefined : { name: pool.network },
        masters: pool.masters?.map((master) => ({ ...master })),
        jobFlavors: pool.jobFlavors === undefined ? undefined : [...pool.jobFlavors],
        driver: pool.driver === undefined ? undefined : { ...pool.driver },
      }),
    },
  };
}

/**
 * The body of POST demanager/instances (docs/api/notebooks-and-auth.md "2.1 O1 create"); the marker goes into
 * description and annotations.
 */
export function notebookRequest(
  spec: Spec,
  notebook: HistoricalNotebookSpec,
  pool: NotebookPool | null,
  marker: Marker,
) {
  return {
    name: notebook.name,
    profile_id: notebook.profileId,
    flavor: notebook.flavor,
    description: markedDescription(notebook.description, marker),
    spec: {
      storage: storageRequest(notebook.storage),
      annotations: { ...notebook.annotations, maops: formatMarker(marker) },
      ...given({
        extend_storage: notebook.extendStorage?.map(storageRequest),
        auto_stop: autoStopRequest(spec, notebook),
      }),
    },
    ...given({
      workspace: notebook.workspaceId === undefined ? undefined : { id: notebook.workspaceId },
      ai_project: notebook.aiProject === undefined ? undefined : { id: notebook.aiProject },
      pool: pool === null ? undefined : poolOfNotebook(pool),
    }),
  };
}

function poolOfNotebook(pool: NotebookPool) {
  const owner = pool.owner === undefined ? undefined : { project_id: pool.owner.projectId };
  return { id: pool.id, ...given({ type: pool.type, name: pool.name, owner }) };
}

function storageRequest(storage: NotebookStorage) {
  const location = given({
    path: storage.path,
    volume_size: storage.volumeSize,
    mount_path: storage.mountPath,
    access_modes: storage.accessModes,
  });
  return { type: storage.type, ...(Object.keys(location).length === 0 ? {} : { location }) };
}

/** The longest `auto_stop` of the API (docs/api/notebooks-and-auth.md "2.1 O1 create"). */
const longestAutoStopMs = 24 * HOUR;

/**
 * The notebook's own `auto_stop`, in seconds. A leased environment without one of its own gets the lease's length
 * within
 * 1 h to 24 h, so that the notebook stops even when no worker runs.
 */
function autoStopRequest(spec: Spec, notebook: HistoricalNotebookSpec) {
  const { autoStop } = notebook;
  const leased = spec.lease === undefined ? null : parseDuration(spec.lease.ttl);
  const own = autoStop?.duration === undefined ? null : parseDuration(autoStop.duration);
  if (autoStop === undefined && leased === null) return undefined;
  if (autoStop?.enable === false && leased === null) return { enable: false, ...given({ prompt: autoStop.prompt }) };
  const duration = leasedAutoStop(own, leased ?? longestAutoStopMs);
  return { enable: true, duration: Math.floor(duration / 1_000), ...given({ prompt: autoStop?.prompt }) };
}
