import type { Catalogue } from './catalogue/catalogue.js';
import { setFlavorStatus, setNotebookFlavorStatus } from './flavors/availability.js';
import { newNetwork } from './networks/network-handlers.js';
import type { Scenario } from './scenarios.js';
import type { SimState } from './sim-state.js';
import type { World } from './world.js';

/** A state without resources, with the catalogue's flavors. */
export function emptyState(catalogue: Catalogue): SimState {
  return {
    sequence: 0,
    pools: [],
    notebooks: [],
    currentNotebooks: [],
    images: [],
    networks: [],
    workloads: [],
    orders: [],
    poolLogs: {},
    workloadIncidents: [],
    tokens: [],
    workspaces: ['0', ...catalogue.workspaces.filter((id) => id !== '0')],
    sale: Object.fromEntries(catalogue.poolFlavors.map((flavor) => [flavor.name, { ...flavor.sale }])),
    notebookSale: Object.fromEntries(catalogue.notebookFlavors.map((flavor) => [flavor.name, 'onSale'])),
    keyFailures: {},
    agenda: [],
  };
}

/** Creates the initial networks and applies the scenario's sold-out flavors. */
export function seedData(world: World, scenario: Scenario): void {
  for (const [index, name] of world.catalogue.networks.entries()) {
    world.state.networks.push({ ...newNetwork(world, name, `192.168.${index * 128}.0/17`), phase: 'Active' });
  }
  const { soldOut } = scenario;
  if (soldOut === undefined) return;
  for (const flavor of soldOut.flavors) setFlavorStatus(world, flavor, 'soldout', undefined, soldOut.forMs);
  for (const flavor of soldOut.notebookFlavors) setNotebookFlavorStatus(world, flavor, 'soldOut', soldOut.forMs);
}
