import { findImage } from '../images/image-handlers.js';
import { imageView } from '../images/image-view.js';
import { type Json, type JsonObject, present } from '../json.js';
import type { Operation } from '../operations.js';
import { hexDigits, uuid } from '../random.js';
import { epochNumberIn, type World } from '../world.js';
import { actionProgress } from './progress.js';
import type { CurrentNotebookRecord, VolumeRecord } from './record.js';

/** The flavor of an instance with a custom spec. */
const CUSTOM_FLAVOR = 'custom.flavor.spec.code';

/**
 * An instance in a response (docs/api/notebooks-current.md "3. The instance object"). The create response has no URL
 * and no endpoints yet, but the token.
 */
export function currentNotebookView(world: World, notebook: CurrentNotebookRecord, operation: Operation): JsonObject {
  const { id, name, description, status, feature, workspaceId } = notebook;
  const created = operation === 'currentNotebooks.create';
  const url = created || status === 'CREATE_FAILED' ? undefined : urlOf(world, notebook);
  const owner = world.users.find((user) => user.id === notebook.userId);
  return present({
    id,
    name,
    description,
    status,
    fail_reason: notebook.failReason,
    action_progress: actionProgress(world, notebook),
    flavor: notebook.flavor ?? CUSTOM_FLAVOR,
    custom_spec: notebook.customSpec,
    feature,
    image: imageOf(world, notebook, operation),
    lease: leaseView(world, notebook, operation),
    pool: notebook.pool === undefined ? undefined : { ...notebook.pool },
    volume: volumeView(notebook.volume),
    data_volumes: notebook.dataVolumes.map(dataVolumeView),
    endpoints: created ? [] : endpointsOf(notebook, url),
    url,
    token: tokenOf(world, notebook),
    workspace_id: workspaceId,
    user_id: notebook.userId,
    user: { id: notebook.userId, name: notebook.userName, domain: { id: owner?.domainId, name: owner?.domainName } },
    billing_items: billingItems(notebook),
    tags: Object.entries(notebook.tags).map(([key, value]) => ({ key, value })),
    affinity: notebook.more.affinity,
    run_user: notebook.more.run_user,
    user_vpc: notebook.more.user_vpc,
    create_at: epochNumberIn(world, operation, notebook.createdAt),
    update_at: epochNumberIn(world, operation, notebook.updatedAt),
  });
}

/** The lease of an instance. */
export function leaseView(world: World, { lease }: CurrentNotebookRecord, operation: Operation): JsonObject {
  return {
    create_at: epochNumberIn(world, operation, lease.createAt),
    duration: lease.duration,
    enable: lease.enable,
    type: lease.type,
    update_at: epochNumberIn(world, operation, lease.updateAt),
  };
}

/**
 * What costs now: EVS from creation to deletion, and compute while RUNNING on a public pool
 * (docs/api/notebooks-current.md "12. Billing").
 */
export function billingItems({ status, volume, pool }: CurrentNotebookRecord): string[] {
  if (status === 'INIT' || status === 'CREATING' || status === 'CREATE_FAILED') return [];
  return [
    ...(volume.category === 'EVS' && volume.ownership === 'MANAGED' ? ['STORAGE'] : []),
    ...(status === 'RUNNING' && pool === undefined ? ['COMPUTE'] : []),
  ];
}

/** The token in the form of a UUID. It changes with every start. */
function tokenOf(world: World, notebook: CurrentNotebookRecord): string {
  return uuid(hexDigits(32, world.seed, notebook.uid, 'token', notebook.starts));
}

function urlOf(world: World, notebook: CurrentNotebookRecord): string {
  return `https://authoring-modelarts-${world.region}.huaweicloud.com/${notebook.id}/lab`;
}

function endpointsOf(notebook: CurrentNotebookRecord, url: string | undefined): Json {
  const ssh = notebook.endpoints.find(({ service }) => service === 'SSH');
  return [
    ...(url === undefined ? [] : [{ service: 'NOTEBOOK', dev_service: 'NOTEBOOK', uri: url }]),
    ...(ssh === undefined
      ? []
      : [
          {
            service: 'SSH',
            dev_service: 'SSH',
            uri: `ssh://ma-user@dev-modelarts.example.com:${30_000 + (Number.parseInt(notebook.id.slice(-4), 16) % 2000)}`,
            key_pair_names: ssh.keyPairNames,
            allowed_access_ips: ssh.allowedAccessIps,
          },
        ]),
  ];
}

function imageOf(world: World, { imageId }: CurrentNotebookRecord, operation: Operation): Json {
  const image = findImage(world, imageId);
  return image === undefined ? { id: imageId } : imageView(world, image, operation);
}

/** The address has either name (docs/api/notebooks-current.md "3. The instance object"). */
function dataVolumeView({ category, mountPath, uri, status }: VolumeRecord): JsonObject {
  return present({ category, mount_path: mountPath, url: uri, uri, status, mount_type: 'STATIC' });
}

function volumeView(volume: VolumeRecord): JsonObject {
  return present({
    id: volume.id,
    category: volume.category,
    ownership: volume.ownership,
    capacity: volume.capacity,
    mount_path: volume.mountPath,
    uri: volume.uri,
    read_only: volume.readOnly,
    dew_secret_name: volume.dewSecretName,
    status: volume.status,
    mount_type: 'STATIC',
  });
}
