import type { Report } from './request-parts.js';

/**
 * Rules between the fields of a create in the current API (docs/api/notebooks-current.md "2.2 `volume` and
 * `data_volumes[]`" and "2.4 Rules between fields"). A number in a message is the error code of the service for the
 * same mistake.
 */

interface Volume {
  readonly category: string;
  readonly ownership: string;
  readonly capacity?: number | undefined;
  readonly uri?: string | undefined;
  readonly id?: string | undefined;
}

interface EndpointRequest {
  readonly service: string;
  readonly key_pair_names?: readonly string[] | undefined;
}

interface CurrentNotebookRequest {
  readonly flavor?: string | undefined;
  readonly custom_spec?:
    | {
        readonly gpu?: number | undefined;
        readonly gpu_type?: string | undefined;
        readonly category?: string | undefined;
      }
    | undefined;
  readonly affinity?: object | undefined;
  readonly pool_id?: string | undefined;
  readonly duration?: number | undefined;
  readonly lease?: object | undefined;
  readonly volume: Volume;
  readonly data_volumes?: readonly Volume[] | undefined;
  readonly endpoints?: readonly EndpointRequest[] | undefined;
}

function checkVolume(volume: Volume, at: readonly PropertyKey[], hasPool: boolean, report: Report): void {
  const { category, ownership, capacity, uri, id } = volume;
  const isShare = category === 'EFS' || category === 'SFS';
  const isDedicated = ownership === 'DEDICATED';
  if (category === 'EVS' && isDedicated) report([...at, 'ownership'], 'an EVS volume must be MANAGED');
  if (capacity !== undefined && (isDedicated || (category !== 'EVS' && !isShare)))
    report([...at, 'capacity'], 'only allowed with managed EVS and EFS storage');
  if (isDedicated && category !== 'EVS' && uri === undefined) report([...at, 'uri'], 'required when DEDICATED');
  if (isDedicated && isShare && id === undefined) report([...at, 'id'], 'required for EFS: the id of the SFS Turbo');
  if (isDedicated && isShare && !hasPool) report([...at, 'ownership'], 'DEDICATED EFS needs a dedicated pool');
}

function checkHardware({ flavor, custom_spec, affinity, pool_id }: CurrentNotebookRequest, report: Report): void {
  if ((flavor === undefined) === (custom_spec === undefined))
    report(['flavor'], 'exactly one of flavor and custom_spec is required');
  if (affinity !== undefined && pool_id === undefined) report(['affinity'], 'needs a dedicated pool');
  if (custom_spec === undefined) return;
  if (pool_id === undefined) report(['custom_spec'], 'needs a dedicated pool');
  const { gpu, gpu_type, category } = custom_spec;
  if ((gpu === undefined) !== (gpu_type === undefined))
    report(['custom_spec', gpu === undefined ? 'gpu' : 'gpu_type'], 'gpu and gpu_type go together');
  if (category === 'GPU' && gpu === undefined) report(['custom_spec', 'gpu'], 'required for the category GPU');
  if (category === 'CPU' && gpu !== undefined) report(['custom_spec', 'gpu'], 'not allowed for the category CPU');
}

/** Reports every endpoint for SSH without a key pair. */
export function checkEndpoints(endpoints: readonly EndpointRequest[], report: Report): void {
  endpoints.forEach(({ service, key_pair_names = [] }, index) => {
    if (service === 'SSH' && key_pair_names.length === 0)
      report(['endpoints', index, 'key_pair_names'], 'required for SSH');
  });
}

/** Reports every broken rule of a create. */
export function checkCurrentNotebook(notebook: CurrentNotebookRequest, report: Report): void {
  const hasPool = notebook.pool_id !== undefined;
  checkHardware(notebook, report);
  if (notebook.duration !== undefined && notebook.lease !== undefined)
    report(['lease'], 'ignored by the service when duration is present');
  checkVolume(notebook.volume, ['volume'], hasPool, report);
  notebook.data_volumes?.forEach((volume, index) => {
    checkVolume(volume, ['data_volumes', index], hasPool, report);
  });
  checkEndpoints(notebook.endpoints ?? [], report);
}
