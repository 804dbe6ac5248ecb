import type { LeaseSpec, NotebookSpec, Spec } from '../../contract/spec.js';
import type { NotChecked } from '../../spec/feasibility.js';
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
    readonly resources: readonly { readonly flavor: string; readonly count: number }[];
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
      ['environment', name],
      ['pool', pool === null ? null : pool.id],
      ['  nodes', pool === null ? null : pool.resources.map(({ flavor, count }) => `${count} x ${flavor}`).join(', ')],
      ['  type', pool === null ? null : `${pool.type}, scope ${pool.scope.join(', ')}`],
      ['  network', pool?.network ?? null],
      ['notebook', notebook?.name ?? null],
      ['  profile', notebook?.profileId ?? null],
      ['  flavor', notebook?.flavor ?? null],
      ['  storage', notebook === null ? null : describeStorage(notebook)],
      ['  stops after', notebook?.autoStop?.duration ?? null],
      ['lease', lease === null ? null : `${lease.ttl}, at most ${lease.max}`],
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

function describeNotChecked(notChecked: readonly NotChecked[], columns: number | undefined): string {
  if (notChecked.length === 0) return '';
  const rows = notChecked.map(({ field, value, why, known }) => [
    field,
    value,
    known.length === 0 ? why : `${why}; known: ${known.join(', ')}`,
  ]);
  return `\n\nnot checked:\n${renderTable(rows, undefined, { columns, last: 'wrap' })}`;
}

function describeStorage({ storage }: NotebookSpec): string {
  const size = storage.volumeSize === undefined ? null : `${storage.volumeSize} GB`;
  return [storage.type, size, storage.path].filter(Boolean).join(' ');
}
