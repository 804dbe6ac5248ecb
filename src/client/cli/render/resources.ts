import type { FlavorRow, NetworkRow, NotebookRow, PoolRow } from '../../inventory.js';
import type { Colors } from '../terminal.js';
import { renderFields, renderTable } from './table.js';
import { formatTime } from './time.js';

export function renderPools(pools: readonly PoolRow[], timeZone: string): string {
  if (pools.length === 0) return 'no pools';
  const rows = pools.map((pool) => [
    pool.name,
    pool.phase ?? '-',
    `${pool.nodes.available}/${pool.nodes.wanted}`,
    pool.flavors.map(({ flavor, wanted }) => `${wanted} x ${flavor}`).join(', '),
    formatTime(pool.createdAt, timeZone),
    pool.marker === null ? 'no' : 'yes',
  ]);
  return renderTable(rows, ['NAME', 'PHASE', 'NODES', 'FLAVORS', 'CREATED', 'MARKER']);
}

export function renderPool(pool: PoolRow, timeZone: string): string {
  const { nodes } = pool;
  return renderFields([
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
  ]);
}

export function renderNotebooks(notebooks: readonly NotebookRow[], timeZone: string): string {
  if (notebooks.length === 0) return 'no notebooks';
  const rows = notebooks.map((notebook) => [
    notebook.name,
    notebook.status ?? '-',
    notebook.flavor ?? '-',
    notebook.pool ?? '-',
    notebook.autoStopAt === null ? '-' : formatTime(notebook.autoStopAt, timeZone),
    notebook.marker === null ? 'no' : 'yes',
  ]);
  return renderTable(rows, ['NAME', 'STATUS', 'FLAVOR', 'POOL', 'STOPS AT', 'MARKER']);
}

export function renderNotebook(notebook: NotebookRow, timeZone: string): string {
  return renderFields([
    ['name', notebook.name],
    ['id', notebook.id],
    ['status', notebook.status],
    ['flavor', notebook.flavor],
    ['pool', notebook.pool],
    ['url', notebook.url],
    ['stops at', notebook.autoStopAt === null ? null : formatTime(notebook.autoStopAt, timeZone)],
    ['user', notebook.user],
    ['created', formatTime(notebook.createdAt, timeZone)],
    ['description', notebook.description],
    ['protected', notebook.protected ? 'yes' : null],
  ]);
}

/** One column per availability zone, so that what is on sale where can be read off. */
export function renderFlavors(flavors: readonly FlavorRow[], colors: Colors): string {
  if (flavors.length === 0) return 'no flavors';
  const zones = [...new Set(flavors.flatMap(({ sale }) => Object.keys(sale)))].sort();
  const rows = flavors.map((flavor) => [
    flavor.name,
    flavor.type ?? '-',
    flavor.cpu ?? '-',
    flavor.memory ?? '-',
    flavor.accelerator ?? '-',
    ...zones.map((zone) => paintSale(flavor.sale[zone], colors)),
  ]);
  return renderTable(rows, ['NAME', 'TYPE', 'CPU', 'MEMORY', 'ACCELERATOR', ...zones]);
}

function paintSale(sale: string | undefined, colors: Colors): string {
  if (sale === undefined) return '-';
  return sale === 'normal' ? colors.green(sale) : colors.yellow(sale);
}

export function renderNetworks(networks: readonly NetworkRow[], timeZone: string): string {
  if (networks.length === 0) return 'no networks';
  const rows = networks.map(({ name, id, phase, cidr, createdAt }) => [
    name,
    id,
    phase ?? '-',
    cidr ?? '-',
    formatTime(createdAt, timeZone),
  ]);
  return renderTable(rows, ['NAME', 'ID', 'PHASE', 'CIDR', 'CREATED']);
}

export function renderNetwork(network: NetworkRow, timeZone: string): string {
  return renderFields([
    ['name', network.name],
    ['id', network.id],
    ['phase', network.phase],
    ['cidr', network.cidr],
    ['created', formatTime(network.createdAt, timeZone)],
  ]);
}
