import { type FlavorRow, notebookFlavorType } from '../../inventory/flavor-facts.js';
import type { ImageRow } from '../../inventory/images.js';
import type { NetworkRow } from '../../inventory/listing.js';
import type { NotebookRow } from '../../inventory/notebook-facts.js';
import type { PoolRow } from '../../inventory/pool-facts.js';
import { renderFields, renderTable } from './table.js';
import { formatMinute, formatTime } from './time.js';
import type { Colors, View } from './view.js';

/** A table that never cuts an id; on a narrow terminal a row takes several lines. */
function renderRows(rows: readonly (readonly string[])[], head: readonly string[], columns: View['columns']): string {
  return renderTable(rows, head, { columns, last: 'wrap' });
}

export function renderPools(pools: readonly PoolRow[], { timeZone, columns }: View): string {
  if (pools.length === 0) return 'no pools';
  const rows = pools.map((pool) => [
    pool.name,
    pool.phase ?? '-',
    `${pool.nodes.available}/${pool.nodes.wanted}`,
    pool.marker === null ? 'no' : 'yes',
    pool.flavors.map(({ flavor, wanted }) => `${wanted} x ${flavor}`).join(', '),
    minuteOf(pool.createdAt, timeZone),
  ]);
  return renderRows(rows, ['NAME', 'PHASE', 'NODES', 'MARKER', 'FLAVORS', 'CREATED'], columns);
}

export function renderPool(pool: PoolRow, { timeZone, columns }: View): string {
  const { nodes } = pool;
  const fields: readonly (readonly [string, string | null])[] = [
    ['name', pool.name],
    ['id', pool.id],
    ['phase', pool.message === null ? pool.phase : `${pool.phase ?? '-'}: ${pool.message}`],
    ['type', pool.type],
    [
      'nodes',
      `${nodes.available} of ${nodes.wanted} available, ${nodes.creating} creating, ${nodes.abnormal} abnormal`,
    ],
    ...pool.flavors.map(
      ({ flavor, wanted, available }) => ['flavor', `${flavor}: ${available} of ${wanted} available`] as const,
    ),
    ...Object.entries(pool.scopes).map(([scope, state]) => ['scope', `${scope} ${state}`] as const),
    ['network', pool.network],
    ['created', formatTime(pool.createdAt, timeZone)],
    ['description', pool.description],
    ['protected', pool.protected ? 'yes' : null],
  ];
  return renderFields(fields, columns);
}

export function renderNotebooks(notebooks: readonly NotebookRow[], { timeZone, columns }: View): string {
  if (notebooks.length === 0) return 'no notebooks';
  const rows = notebooks.map((notebook) => [
    notebook.name,
    notebook.status ?? '-',
    notebook.flavor ?? '-',
    notebook.pool ?? '-',
    notebook.autoStopAt === null ? '-' : formatMinute(notebook.autoStopAt, timeZone),
    notebook.marker === null ? 'no' : 'yes',
    notebook.api,
  ]);
  return renderRows(rows, ['NAME', 'STATUS', 'FLAVOR', 'POOL', 'STOPS AT', 'MARKER', 'API'], columns);
}

export function renderNotebook(notebook: NotebookRow, { timeZone, columns }: View): string {
  const fields: readonly (readonly [string, string | null])[] = [
    ['name', notebook.name],
    ['id', notebook.id],
    ['api', notebook.api],
    ['status', notebook.status],
    ['image', notebook.image],
    ['profile', notebook.profile],
    ['flavor', notebook.flavor],
    ['pool', notebook.pool],
    ['url', notebook.url],
    ['stops at', notebook.autoStopAt === null ? null : formatTime(notebook.autoStopAt, timeZone)],
    ['user', notebook.user],
    ['created', formatTime(notebook.createdAt, timeZone)],
    ['description', notebook.description],
    ['protected', notebook.protected ? 'yes' : null],
  ];
  return renderFields(fields, columns);
}

export function renderImages(images: readonly ImageRow[], { columns }: Pick<View, 'columns'>): string {
  if (images.length === 0) return 'no images';
  const rows = images.map((image) => [
    image.name ?? '-',
    image.tag ?? '-',
    image.status ?? '-',
    image.services.join(', ') || '-',
    image.hardware.join(', ') || '-',
    image.id,
  ]);
  return renderRows(rows, ['NAME', 'TAG', 'STATUS', 'SERVICES', 'HARDWARE', 'ID'], columns);
}

/**
 * Pool flavors have one column per availability zone with the sale status. Notebook flavors follow in a table of their
 * own.
 */
export function renderFlavors(flavors: readonly FlavorRow[], view: View): string {
  if (flavors.length === 0) return 'no flavors';
  const ofNotebooks = flavors.filter(({ type }) => type === notebookFlavorType);
  const ofPools = flavors.filter((flavor) => !ofNotebooks.includes(flavor));
  const tables = [
    ...(ofPools.length === 0 ? [] : [renderPoolFlavors(ofPools, view)]),
    ...(ofNotebooks.length === 0 ? [] : [renderNotebookFlavors(ofNotebooks, view)]),
  ];
  return tables.join('\n\n');
}

const flavorHead = ['NAME', 'TYPE', 'CPU', 'MEMORY', 'ACCELERATOR'];
const flavorCells = ({ name, type, cpu, memory, accelerator }: FlavorRow) => [
  name,
  type ?? '-',
  cpu ?? '-',
  memory ?? '-',
  accelerator ?? '-',
];

function renderPoolFlavors(flavors: readonly FlavorRow[], { colors, columns }: View): string {
  const zones = [...new Set(flavors.flatMap(({ sale }) => Object.keys(sale)))].sort();
  const rows = flavors.map((flavor) => [
    ...flavorCells(flavor),
    ...zones.map((zone) => paintSale(flavor.sale[zone], colors)),
  ]);
  return renderRows(rows, [...flavorHead, ...zones], columns);
}

function renderNotebookFlavors(flavors: readonly FlavorRow[], { colors, columns }: View): string {
  const rows = flavors.map((flavor) => [
    ...flavorCells(flavor),
    paintSale(flavor.soldOut === null ? undefined : flavor.soldOut ? 'soldout' : 'normal', colors),
  ]);
  return renderRows(rows, [...flavorHead, 'SALE'], columns);
}

function paintSale(sale: string | undefined, colors: Colors): string {
  if (sale === undefined) return '-';
  return sale === 'normal' ? colors.green(sale) : colors.yellow(sale);
}

export function renderNetworks(networks: readonly NetworkRow[], { timeZone, columns }: View): string {
  if (networks.length === 0) return 'no networks';
  const rows = networks.map(({ name, id, phase, cidr, createdAt }) => [
    name,
    id,
    phase ?? '-',
    cidr ?? '-',
    minuteOf(createdAt, timeZone),
  ]);
  return renderRows(rows, ['NAME', 'ID', 'PHASE', 'CIDR', 'CREATED'], columns);
}

export function renderNetwork(network: NetworkRow, { timeZone, columns }: View): string {
  const fields: readonly (readonly [string, string | null])[] = [
    ['name', network.name],
    ['id', network.id],
    ['phase', network.phase],
    ['cidr', network.cidr],
    ['created', formatTime(network.createdAt, timeZone)],
  ];
  return renderFields(fields, columns);
}

/** A creation time to the minute. */
function minuteOf(time: string | null, timeZone: string): string {
  return time === null ? '' : formatMinute(time, timeZone);
}
