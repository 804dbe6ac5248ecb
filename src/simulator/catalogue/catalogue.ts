import type { ImageRecord } from '../current-notebooks/record.js';

/** The accelerators of a node (docs/api/pools-and-flavors.md "0.1 Corrections"). */
interface Accelerator {
  readonly type: string;
  /** The number of chips. */
  readonly size: string;
  readonly memory?: string;
  /** The number of cards. Older editions do not send it. @defaultValue not sent */
  readonly card?: string;
}

/** A resource flavor of pools (docs/api/pools-and-flavors.md "4.1 Resource flavors"). */
export interface PoolFlavor {
  readonly name: string;
  readonly type: 'Dedicate' | 'Logical';
  readonly cpuArch: 'x86' | 'arm64';
  readonly cpu: string;
  readonly memory: string;
  readonly gpu?: Accelerator & { readonly memory: string };
  readonly npu?: Accelerator;
  readonly baremetal?: boolean;
  readonly scope: readonly string[];
  readonly dataVolumes?: readonly { readonly volumeType: string; readonly size: string }[];
  readonly billingModes: readonly number[];
  readonly jobFlavors: readonly string[];
  /** The initial status by AZ: `normal` or `soldout`. */
  readonly sale: Readonly<Record<string, string>>;
}

/** A flavor of notebooks (docs/api/notebooks-and-auth.md "2.3 Old instance object" `flavor_details`). */
export interface NotebookFlavor {
  readonly name: string;
  readonly type: 'CPU' | 'GPU' | 'ASCEND';
  readonly params: Readonly<Record<string, string | number>>;
  readonly free?: boolean;
}

/** A notebook profile. `hardware` is absent when the profile runs on any. */
export interface NotebookProfile {
  readonly id: string;
  readonly hardware?: NotebookFlavor['type'];
  readonly category: string;
  readonly image: string;
}

/** The flavors, profiles and images, and the initial networks and workspaces. */
export interface Catalogue {
  readonly azs: readonly string[];
  readonly poolFlavors: readonly PoolFlavor[];
  readonly notebookFlavors: readonly NotebookFlavor[];
  readonly profiles: readonly NotebookProfile[];
  /** Images of the current notebook API. */
  readonly images: readonly ImageRecord[];
  /** The key pairs of the caller. @defaultValue every name is accepted */
  readonly keyPairs?: readonly string[];
  /** Display names of the initial networks. */
  readonly networks: readonly string[];
  /** Workspace ids. `0` always exists. */
  readonly workspaces: readonly string[];
}
