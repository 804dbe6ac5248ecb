import type { CurrentNotebookSpec, NotebookHook, NotebookVolume, Spec } from '../../contract/spec.js';
import { parseDuration } from '../../domain/duration.js';
import { type GrantLimits, grantDuration, grantLimits } from '../../domain/lease/grant.js';
import { type Marker, markedDescription } from '../../domain/resource/marker.js';
import type { CurrentNotebookCreate } from '../../modelarts/schemas/current-notebook-request.js';
import { given } from './requests.js';

/**
 * The body of POST notebooks (docs/api/notebooks-current.md "2. Create (C1)"), with the marker in the description. It
 * always has a duration, because leaving it out means one hour.
 */
export function currentNotebookRequest(
  spec: Spec,
  notebook: CurrentNotebookSpec,
  { imageId, poolId, marker, now }: { imageId: string; poolId: string | null; marker: Marker; now: number },
): CurrentNotebookCreate {
  const { ssh, hooks, customSpec } = notebook;
  return {
    name: notebook.name,
    image_id: imageId,
    feature: 'NOTEBOOK',
    description: markedDescription(notebook.description, marker),
    volume: volumeRequest(notebook.storage),
    duration: grantDuration(limitsIn(spec, now), now),
    ...given({
      flavor: notebook.flavor,
      pool_id: poolId ?? undefined,
      workspace_id: notebook.workspaceId,
      data_volumes: notebook.dataVolumes?.map(volumeRequest),
      endpoints:
        ssh === undefined
          ? undefined
          : [
              {
                service: 'SSH' as const,
                key_pair_names: [...ssh.keyPairs],
                ...given({ allowed_access_ips: ssh.allowedIps === undefined ? undefined : [...ssh.allowedIps] }),
              },
            ],
      hooks:
        hooks === undefined
          ? undefined
          : { container_hooks: given({ pre_start: hookOf(hooks.preStart), post_start: hookOf(hooks.postStart) }) },
      custom_spec:
        customSpec === undefined
          ? undefined
          : {
              cpu: customSpec.cpu,
              memory: customSpec.memory,
              ...given({
                gpu: customSpec.gpu,
                gpu_type: customSpec.gpuType,
                arch: customSpec.arch,
                resource_flavor: customSpec.nodeFlavor,
              }),
              category: customSpec.gpu === undefined ? ('CPU' as const) : ('GPU' as const),
            },
    }),
  };
}

/** The limits of a notebook whose lease has not begun: it will last for its `ttl` from now. */
function limitsIn({ lease, notebook }: Spec, now: number): GrantLimits {
  const ttl = lease === undefined ? null : parseDuration(lease.ttl);
  const autoStop = typeof notebook?.autoStop === 'string' ? notebook.autoStop : undefined;
  return grantLimits(autoStop, ttl === null ? null : now + ttl);
}

const categories = { evs: 'EVS', efs: 'EFS', obs: 'OBS', obsfs: 'OBSFS' } as const;
const ownerships = { managed: 'MANAGED', dedicated: 'DEDICATED' } as const;

function volumeRequest(volume: NotebookVolume) {
  return {
    category: categories[volume.type],
    ownership: ownerships[volume.ownership],
    ...given({
      capacity: volume.volumeSize,
      uri: volume.uri,
      id: volume.id,
      mount_path: volume.mountPath,
      read_only: volume.readOnly,
      dew_secret_name: volume.secretName,
    }),
  };
}

const modes = { async: 'ASYNC', block: 'BLOCK' } as const;

/** A path, or a command in base64. */
function hookOf(hook: NotebookHook | undefined) {
  if (hook === undefined) return undefined;
  const { script, command, mode } = hook;
  const type = command === undefined ? ('SCRIPT' as const) : ('COMMAND' as const);
  const content = command === undefined ? (script ?? '') : Buffer.from(command, 'utf8').toString('base64');
  return { script: content, type, ...given({ mode: mode === undefined ? undefined : modes[mode] }) };
}
