import { isObject, type JsonObject, textAt, valueAt } from '../json.js';
import type { LivingRecord, NodeRecord, PoolRecord, TextMap } from '../records.js';
import { numberAt, rowsAt, textsAt } from './fields.js';

const counters = { creating: 'Creating', available: 'Available', abnormal: 'Abnormal', deleting: 'Deleting' } as const;
/** Nodes of one pool that are created from counters. */
const mostNodes = 2_000;

/** A pool with the nodes that its counters stand for. */
export function poolRecord(
  row: JsonObject,
  metadata: LivingRecord & { labels: TextMap; annotations: TextMap },
): PoolRecord {
  const network = valueAt(row, 'spec', 'network');
  return {
    ...metadata,
    spec: {
      type: textAt(row, 'spec', 'type') ?? 'Dedicate',
      scope: textsAt(row, 'spec', 'scope'),
      resources: rowsAt(row, 'spec', 'resources').map((resource) => ({
        flavor: textAt(resource, 'flavor') ?? '',
        count: numberAt(resource, 0, 'count'),
        more: {},
      })),
      ...(network === undefined ? {} : { network }),
      controlMode: numberAt(row, 0, 'spec', 'controlMode'),
      more: {},
    },
    phase: textAt(row, 'status', 'phase') ?? '',
    message: textAt(row, 'status', 'message') ?? '',
    nodes: nodesOf(row),
    scopes: rowsAt(row, 'status', 'scope').map((scope) => ({
      scopeType: textAt(scope, 'scopeType') ?? '',
      state: textAt(scope, 'state') ?? '',
    })),
    driver: driverOf(row),
    parent: textAt(row, 'status', 'parent') ?? '',
  };
}

function nodesOf(row: JsonObject): NodeRecord[] {
  const nodes: NodeRecord[] = [];
  for (const [counter, phase] of Object.entries(counters)) {
    for (const resource of rowsAt(row, 'status', 'resources', counter)) {
      const flavor = textAt(resource, 'flavor') ?? '';
      const az = textAt(rowsAt(resource, 'azs')[0] ?? {}, 'az') ?? '';
      const count = Math.min(numberAt(resource, 0, 'count'), mostNodes - nodes.length);
      for (let index = 0; index < count; index += 1) {
        const number = nodes.length + 1;
        const name = `os-node-recorded-${number}`;
        const ip = `198.19.${(number >> 8) & 255}.${number & 255}`;
        nodes.push({ name, flavor, az, ip, nodePool: `${flavor}-default`, row: flavor, phase });
      }
    }
  }
  return nodes;
}

function driverOf(row: JsonObject): PoolRecord['driver'] {
  const driver: PoolRecord['driver'] = {};
  const found = valueAt(row, 'status', 'driver');
  for (const [chip, state] of Object.entries(isObject(found) ? found : {})) {
    if (isObject(state))
      driver[chip] = { version: textAt(state, 'version') ?? '', state: textAt(state, 'state') ?? '' };
  }
  return driver;
}
