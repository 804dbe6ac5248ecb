import { z } from 'zod';
import { pageMetadata } from './flavor.js';
import { flag, identity, instant, items, many, part, text, textMap } from './tolerant.js';

const peer = z.looseObject({ peerVpcId: text, peerSubnetId: text, defaultGateWay: flag, phase: text });
const sfsTurbo = z.looseObject({
  name: text,
  sfsId: text,
  subnetId: text,
  connectionType: text,
  ipAddr: text,
  status: text,
});

/** A network for physical pools (docs/api/pools-and-flavors.md "4.2 Networks"). */
export const networkSchema = z.looseObject({
  kind: text,
  apiVersion: text,
  metadata: z.looseObject({
    name: identity,
    creationTimestamp: instant,
    deletionTimestamp: text,
    labels: textMap,
    annotations: textMap,
  }),
  spec: part(
    z.looseObject({
      cidr: text,
      ipv6enable: flag,
      connection: part(z.looseObject({ peerConnectionList: many(peer), sfsTurboConnectionList: many(sfsTurbo) })),
    }),
  ),
  status: part(
    z.looseObject({
      phase: text,
      connectionStatus: part(z.looseObject({ peerConnectionStatus: many(peer), sfsTurboStatus: many(sfsTurbo) })),
      subnets: many(z.looseObject({ networkId: text })),
    }),
  ),
});

/** One page of networks. */
export const networkListSchema = z.looseObject({
  kind: text,
  apiVersion: text,
  metadata: pageMetadata,
  items: items(networkSchema),
});

/** A network in a response. */
export type Network = z.output<typeof networkSchema>;
/** One page of the network list. */
export type NetworkPage = z.output<typeof networkListSchema>;
