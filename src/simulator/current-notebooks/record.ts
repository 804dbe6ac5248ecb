import type { JsonObject } from '../json.js';
import type { LivingRecord, TextMap } from '../records.js';

/** The lease of a notebook. All times are in milliseconds. */
export interface LeaseRecord {
  /** The time of the create call, which never changes. */
  readonly createAt: number;
  /** From `createAt` to the automatic stop. -1 when there is none. */
  duration: number;
  enable: boolean;
  type: 'TIMING' | 'IDLE';
  /** The time of the last create, start or renewal. */
  updateAt: number;
}

/** The system volume or a further volume that is mounted at creation. */
export interface VolumeRecord {
  readonly id: string;
  readonly category: string;
  readonly ownership: string;
  /** GB; absent for storage without a size of its own. */
  capacity?: number;
  readonly mountPath: string;
  readonly uri?: string;
  readonly readOnly: boolean;
  readonly dewSecretName?: string;
  /** Only while something happens: `RESIZING`. */
  status?: string;
  /** The new size of a volume that is being resized. */
  newCapacity?: number;
}

/** Storage that was mounted while the notebook was RUNNING. */
export interface MountRecord {
  readonly id: string;
  readonly category: string;
  readonly mountPath: string;
  readonly uri: string;
  readonly efsId?: string;
  status: string;
  failureReason?: string;
}

/** An endpoint other than the notebook itself, which is SSH. */
export interface EndpointRecord {
  readonly service: string;
  readonly keyPairNames: readonly string[];
  readonly allowedAccessIps: readonly string[];
}

/**
 * A notebook of the current API. Its token is not part of the record: it is derived from the seed, the `uid` and
 * `starts`, so that no dump of the state contains it.
 */
export interface CurrentNotebookRecord extends LivingRecord {
  /** Not unique. */
  name: string;
  description: string;
  status: string;
  /** The time at which the status was entered. */
  statusSince: number;
  updatedAt: number;
  readonly feature: string;
  /** Absent with a custom spec. */
  flavor?: string;
  customSpec?: JsonObject;
  imageId: string;
  readonly volume: VolumeRecord;
  dataVolumes: VolumeRecord[];
  mounts: MountRecord[];
  endpoints: EndpointRecord[];
  lease: LeaseRecord;
  readonly pool?: { readonly id: string; readonly name: string };
  readonly workspaceId: string;
  tags: TextMap;
  /** Other accepted fields, as sent. */
  more: JsonObject;
  failReason?: string;
  /** The step of `action_progress` that failed. */
  failedStep?: number;
  /** The number of starts, which determines the token. */
  starts: number;
  /** A busy notebook is never idle. */
  busy: boolean;
  /** The start of the idle time. */
  idleSince: number;
  readonly userId: string;
  readonly userName: string;
}

/** An image for notebooks. */
export interface ImageRecord {
  readonly id: string;
  /** May repeat. */
  readonly name: string;
  readonly namespace: string;
  readonly tag: string;
  readonly type: 'BUILD_IN' | 'DEDICATED';
  readonly description: string;
  readonly arch: 'x86_64' | 'aarch64';
  /** `CPU`, `GPU` and `ASCEND`. */
  readonly categories: readonly string[];
  /** `NOTEBOOK`, `SSH`. */
  readonly services: readonly string[];
}

/** An image of the account: registered, or saved from a notebook. */
export interface OwnImageRecord extends ImageRecord, LivingRecord {
  readonly id: string;
  readonly name: string;
  status: string;
  statusMessage?: string;
  updatedAt: number;
  readonly origin: 'CUSTOMIZE' | 'IMAGE_SAVE';
  readonly workspaceId: string;
  readonly visibility: string;
}
