import {
  type CurrentNotebookSpec,
  type CustomSpec,
  isCurrentNotebook,
  type LeaseSpec,
  type NotebookSpec,
  type NotebookStorage,
  type NotebookVolume,
  type Spec,
} from '../../contract/spec.js';
import { formatDuration, parseDuration } from '../../domain/duration.js';
import { grantDuration, noStop } from '../../domain/lease/grant.js';
import type { NotChecked } from '../../spec/facts.js';
import { renderFields, renderTable } from './table.js';
import type { View } from './view.js';

/** One check. A warning does not prevent the start. */
export interface DryRunCheck {
  readonly subject: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly finding: string;
}

/** The document of `env create --dry-run`. */
export interface DryRun {
  readonly name: string;
  /** False when the run would certainly fail. */
  readonly ok: boolean;
  readonly checks: readonly DryRunCheck[];
  /** Values that cannot be checked before they are used. */
  readonly notChecked: readonly NotChecked[];
  readonly pool: {
    readonly id: string;
    readonly type: string;
    readonly scope: readonly string[];
    readonly network: string | null;
    /** Of the choice that would be used now. */
    readonly resources: readonly {
      readonly flavor: string;
      readonly count: number;
      /** The cards of each node, such as `8 x ascend-snt9`; null when the service reports none. */
      readonly accelerator: string | null;
    }[];
  } | null;
  readonly notebook: NotebookSpec | null;
  readonly lease: LeaseSpec | null;
  /** The spec with its defaults. */
  readonly spec: Spec;
}

export function renderDryRun(document: DryRun, { columns }: Pick<View, 'columns'>): string {
  const { name, ok, checks, notChecked, pool, notebook, lease, spec } = document;
  const created = renderFields(
    [
      [pool === null || notebook === null ? 'name' : 'environment', name],
      ['pool', pool === null ? null : pool.id],
      ['  nodes', pool === null ? null : pool.resources.map(describeNodes).join(', ')],
      ['  type', pool === null ? null : `${pool.type}, scope ${pool.scope.join(', ')}`],
      ['  network', pool?.network ?? null],
      ['notebook', notebook?.name ?? null],
      ...describeNotebook(spec),
      ['lease', lease === null ? null : `${lease.ttl}, at most ${lease.max}; then jobs get ${lease.drain ?? '1h'}`],
      ['on failure', spec.onFailure],
      ['on cancel', spec.onCancel],
    ],
    columns,
  );
  const rows = checks.map(({ state, subject, finding }) => [state, subject, finding]);
  const checked = renderTable(rows, undefined, { columns, last: 'wrap' });
  const open = describeNotChecked(notChecked, columns);
  return `would create:\n${created}\n\nchecked:\n${checked}${open}\n\n${ok ? 'the spec can be started' : 'the spec would fail'}`;
}

function describeNodes({ flavor, count, accelerator }: NonNullable<DryRun['pool']>['resources'][number]): string {
  return accelerator === null ? `${count} x ${flavor}` : `${count} x ${flavor} (each ${accelerator})`;
}

function describeNotChecked(notChecked: readonly NotChecked[], columns: number | undefined): string {
  if (notChecked.length === 0) return '';
  const rows = notChecked.map(({ field, value, why, known }) => [
    field,
    value,
    known.length === 0 ? why : `${why}; known: ${known.join(', ')}`,
  ]);
  return `\n\nnot checked:\n${renderTable(rows, undefined, { columns, last: 'wrap' })}`;
}

function describeNotebook({ notebook, lease }: Spec): readonly (readonly [string, string | null])[] {
  if (notebook === undefined) return [];
  if (!isCurrentNotebook(notebook))
    return [
      ['  profile', notebook.profileId],
      ['  flavor', notebook.flavor],
      ['  storage', describeStorage(notebook.storage)],
      ['  stops after', notebook.autoStop?.duration ?? null],
    ];
  const { image, flavor = null, customSpec, storage, dataVolumes = [], ssh, tags = {} } = notebook;
  return [
    ['  image', image],
    ['  flavor', flavor ?? (customSpec === undefined ? null : describeCustomSpec(customSpec))],
    ['  storage', describeStorage(storage)],
    ...dataVolumes.map((volume) => ['  data volume', describeStorage(volume)] as const),
    ['  stops after', describeStop(notebook, lease)],
    ['  ssh', ssh === undefined ? null : `key pairs ${ssh.keyPairs.join(', ')}`],
    [
      '  tags',
      Object.entries(tags)
        .map(([key, value]) => `${key}=${value}`)
        .join(', ') || null,
    ],
  ];
}

/** The first grant of a run time, and whether the lease renews it. */
function describeStop({ autoStop }: CurrentNotebookSpec, lease: LeaseSpec | undefined): string {
  const autoStopMs = autoStop === 'never' ? 'never' : parseDuration(autoStop);
  const ms = grantDuration({ autoStopMs, endsAt: lease === undefined ? null : parseDuration(lease.ttl) }, 0);
  if (ms === noStop) return 'never';
  return lease === undefined ? formatDuration(ms) : `${formatDuration(ms)}, renewed until the lease ends`;
}

function describeCustomSpec({ cpu, memory, gpu, gpuType }: CustomSpec): string {
  const card = gpu === undefined ? '' : `, ${gpu} x ${gpuType ?? 'GPU'}`;
  return `${cpu} CPUs, ${memory} MiB${card}`;
}

function describeStorage(storage: NotebookStorage | NotebookVolume): string {
  const size = storage.volumeSize === undefined ? null : `${storage.volumeSize} GB`;
  const ownership = 'ownership' in storage && storage.ownership === 'dedicated' ? 'dedicated' : null;
  const place = 'path' in storage ? storage.path : 'uri' in storage ? storage.uri : null;
  return [storage.type, ownership, size, place].filter(Boolean).join(' ');
}
