import type { LeaseSpec, NotebookSpec, Spec } from '../../contract/spec.js';
import type { NotChecked } from '../../spec/feasibility.js';
import { renderFields, renderTable } from './table.js';
import type { View } from './view.js';

/** One thing that was looked up; a warning does not forbid the start. */
export interface DryRunCheck {
  readonly subject: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly finding: string;
}

/** What `env create --dry-run` answers. */
export interface DryRun {
  readonly name: string;
  /** False when the run would fail for sure. */
  readonly ok: boolean;
  readonly checks: readonly DryRunCheck[];
  /** Values that nothing can tell are right before they are used. */
  readonly notChecked: readonly NotChecked[];
  readonly pool: {
    readonly id: string;
    readonly type: string;
    readonly scope: readonly string[];
    readonly network: string | null;
    /** Of the choice that would be made now. */
    readonly resources: readonly { readonly flavor: string; readonly count: number }[];
  } | null;
  readonly notebook: NotebookSpec | null;
  readonly lease: LeaseSpec | null;
  /** The spec with its defaults. */
  readonly spec: Spec;
}

export function renderDryRun(document: DryRun, { columns }: Pick<View, 'columns'>): string {
  const { name, ok, checks, notChecked, pool, notebook, lease, spec } = document;
  const made = renderFields(
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
  const looked = renderTable(rows, undefined, { columns, last: 'wrap' });
  const open = describeNotChecked(notChecked, columns);
  return `would make:\n${made}\n\nlooked up:\n${looked}${open}\n\n${ok ? 'this can be started' : 'this would fail'}`;
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
