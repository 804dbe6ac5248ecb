import { badRequest, poolError } from '../errors.js';
import { isObject, type Json, type JsonObject, textAt, valueAt } from '../json.js';
import { labelSelector } from '../label-selector.js';
import { enterNetworkPhase, startDeletion } from '../lifecycles/network-lifecycle.js';
import { matchesQuery, pageOf } from '../list-query.js';
import type { Operation } from '../operations.js';
import { checkWorkspace, readTextMap } from '../pools/pool-request.js';
import { hexDigits } from '../random.js';
import type { NetworkRecord } from '../records.js';
import { type Call, type HandlerResult, nextSequence, timeIn, type World } from '../world.js';

const NAME = /^[a-z][a-z0-9-]{2,30}[a-z0-9]$/;
const CIDR = /^(10|172|192)(\.\d{1,3}){3}\/\d{1,2}$/;

/** POST networks (docs/api/pools-and-flavors.md "4.2 Networks"). */
export function createNetwork(world: World, call: Call): HandlerResult {
  const { body } = call;
  if (call.malformed || !isObject(body) || body.kind !== 'Network' || body.apiVersion !== 'v1') throw badRequest();
  const labels = readTextMap(valueAt(body, 'metadata', 'labels'), 'metadata.labels');
  const name = labels['os.modelarts/name'] ?? '';
  const cidr = textAt(body, 'spec', 'cidr') ?? '';
  if (!NAME.test(name)) throw badRequest('os.modelarts/name must be 4..32 of a-z, 0-9 and -.');
  if (!CIDR.test(cidr)) throw badRequest('spec.cidr is not a private range.');
  checkWorkspace(world, labels['os.modelarts/workspace.id']);
  const id = `${name}-${world.projectId}`;
  if (world.state.networks.some((network) => network.id === id)) {
    throw poolError(409, '50025000', 'Network already exists.');
  }
  const { networkQuota } = world.behavior;
  if (networkQuota !== null && world.state.networks.length >= networkQuota) {
    throw poolError(400, '0118', 'The expected networks exceeds the quota limit.');
  }
  const network = newNetwork(world, name, cidr, labels);
  world.state.networks.push(network);
  enterNetworkPhase(world, network, '', network.createdAt);
  call.commit(`created network ${id}`);
  return { status: 200, body: networkView(world, network, call.operation) };
}

/** GET networks, with paging. */
export function listNetworks(world: World, call: Call): HandlerResult {
  const selects = labelSelector(call.query.get('labelSelector'));
  const all = world.state.networks.filter(
    ({ labels }) => selects(labels) && matchesQuery(call.query, 'workspaceId', labels['os.modelarts/workspace.id']),
  );
  const { items, metadata } = pageOf(all, call.query);
  return {
    status: 200,
    body: {
      kind: 'NetworkList',
      apiVersion: 'v1',
      metadata,
      items: items.map((network) => networkView(world, network, call.operation)),
    },
  };
}

/** GET one network. */
export function showNetwork(world: World, call: Call): HandlerResult {
  return { status: 200, body: networkView(world, findNetwork(world, call), call.operation) };
}

/** DELETE a network that no pool uses (ModelArts.50025002 otherwise). */
export function deleteNetwork(world: World, call: Call): HandlerResult {
  const network = findNetwork(world, call);
  const used = world.state.pools.some(({ spec, phase }) => {
    return phase !== 'CreationFailed' && textAt(spec.network, 'name') === network.id;
  });
  if (used) throw poolError(400, '50025002', 'Network is in use.');
  if (network.deletedAt === undefined) {
    startDeletion(world, network, world.clock.now());
    call.commit(`deleting network ${network.id}`);
  }
  return { status: 200, body: networkView(world, network, call.operation) };
}

/** A network record with default labels and without a phase. */
export function newNetwork(
  world: World,
  name: string,
  cidr: string,
  labels: Record<string, string> = {},
): NetworkRecord {
  return {
    uid: `network-${nextSequence(world)}`,
    id: `${name}-${world.projectId}`,
    name,
    createdAt: world.clock.now(),
    labels: { 'os.modelarts/workspace.id': '0', ...labels, 'os.modelarts/name': name },
    annotations: {},
    cidr,
    phase: '',
    overrides: [],
    hidden: {},
  };
}

function networkView(world: World, network: NetworkRecord, operation: Operation): Json {
  return {
    kind: 'Network',
    apiVersion: 'v1',
    metadata: {
      name: network.id,
      creationTimestamp: timeIn(world, operation, network.createdAt),
      ...(network.deletedAt === undefined ? {} : { deletionTimestamp: timeIn(world, operation, network.deletedAt) }),
      labels: { ...network.labels },
      annotations: { ...network.annotations },
    },
    spec: { cidr: network.cidr, connection: {} },
    status: { phase: network.phase, ...(network.phase === 'Active' ? activeStatus(world, network) : {}) },
  };
}

/**
 * `subnets` is not documented, but the Terraform provider needs the id of the first one (docs/api/pools-and-flavors.md
 * "4.2 Networks").
 */
function activeStatus(world: World, network: NetworkRecord): JsonObject {
  const digits = hexDigits(32, world.seed, network.uid, 'subnet');
  const networkId = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { connectionStatus: {}, subnets: [{ networkId, cidr: network.cidr }] };
}

function findNetwork(world: World, call: Call): NetworkRecord {
  const network = world.state.networks.find((record) => record.id === call.params.network);
  if (network === undefined) throw poolError(404, '50025001', 'Network not exist.');
  return network;
}
