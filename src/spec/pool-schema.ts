import { z } from 'zod';
import type { PoolSpec } from '../contract/spec.js';
import {
  choice,
  description,
  digitChoice,
  flagText,
  listOf,
  section,
  text,
  textLike,
  wholeNumber,
  withoutEmpty,
} from './field.js';

/** At most as many as the service creates in one availability zone (docs/api/pools-and-flavors.md "2.2 Create"). */
const nodes = wholeNumber(1, 2000);
/** Documented fields that this product does not read are passed on unchanged. */
const passedOn = z.looseObject({}, { error: 'must be a mapping' });
const passedOnList = z.array(passedOn, { error: 'must be a list' });

/** One entry of `spec.resources[]` (docs/api/pools-and-flavors.md "2.2 Create"). */
const resource = section({
  flavor: text.describe("The flavor's metadata.name"),
  count: nodes.describe('Nodes of this flavor'),
  azs: listOf(section({ az: text, count: nodes }), 'availability zones')
    .exactOptional()
    .describe('Nodes per availability zone. Default: the service chooses'),
  maxCount: nodes.exactOptional(),
  nodePool: text.exactOptional(),
  tags: passedOnList.exactOptional(),
  labels: passedOn.exactOptional(),
  taints: passedOnList.exactOptional(),
  extendParams: passedOn.exactOptional(),
  creatingStep: passedOn.exactOptional(),
  rootVolume: passedOn.exactOptional(),
  dataVolumes: passedOnList.exactOptional(),
  volumeGroupConfigs: passedOnList.exactOptional(),
  os: passedOn.exactOptional(),
  driver: passedOn.exactOptional(),
  network: passedOn.exactOptional(),
});

/** Billing annotations of the pool (docs/api/pools-and-flavors.md "2.2 Create"). There are no defaults. */
const billing = section({
  mode: digitChoice(['0', '1']).exactOptional().describe('0: pay per use; 1: yearly or monthly'),
  periodNum: textLike(/^[1-9]\d{0,3}$/, 'must be a whole number, 1 to 9999', 1, 9999).exactOptional(),
  periodType: digitChoice(['2', '3', '4']).exactOptional().describe('2: month; 3: year; 4: hour'),
  autoRenew: digitChoice(['0', '1']).exactOptional(),
  autoPay: flagText.exactOptional(),
  promotionInfo: text.exactOptional(),
  orderId: text.exactOptional(),
  serviceConsoleUrl: text.exactOptional(),
  productId: text.exactOptional(),
});

const driver = section({
  gpuVersion: text.exactOptional().describe('Only with GPU flavors'),
  npuVersion: text.exactOptional().describe('Only with NPU flavors'),
  updateStrategy: choice(['force', 'idle']).exactOptional(),
});

/** The `pool` section as it is written. Rules that concern several fields are in pool-rules.ts. */
export const poolSchema = section({
  flavor: text.exactOptional().describe('Short for flavors with one item'),
  flavors: listOf(text, 'flavors', 1).exactOptional().describe('First choice first. The first one on sale is used'),
  count: nodes.exactOptional().describe('Nodes'),
  resources: listOf(resource, 'resources', 1)
    .max(10, { error: 'must have at most 10 resources' })
    .exactOptional()
    .describe('Instead of flavors and count, for a pool of several flavors'),
  network: text.exactOptional().describe("The network's metadata.name. Required for Dedicate, not allowed for Logical"),
  type: choice(['Dedicate', 'Logical']).prefault('Dedicate'),
  scope: listOf(choice(['Train', 'Infer', 'Notebook']), 'scopes', 1).describe(
    'Job types that the pool accepts. Logical pools accept Train only',
  ),
  driver: driver.exactOptional(),
  description: description(100, '!<>=&"\'').exactOptional(),
  workspaceId: text.exactOptional(),
  sharing: choice(['unshared', 'shared']).exactOptional(),
  nodePrefix: text.exactOptional().describe('Prefix of the node names'),
  parent: text.exactOptional().describe('The pool that a logical pool is a part of'),
  jobFlavors: listOf(text, 'job flavors').exactOptional(),
  masters: z
    .array(section({ az: text }), { error: 'must be a list of masters' })
    .exactOptional()
    .describe('Availability zones of the control-plane nodes'),
  schedulerExtension: flagText.exactOptional(),
  requestType: choice(['console']).exactOptional().describe('Enables orders of the console'),
  userId: text.exactOptional(),
  billing: billing.exactOptional(),
}).transform(normalisePool);

interface WrittenPool extends PoolSpec {
  readonly flavor?: string;
}

function normalisePool({ flavor, ...pool }: WrittenPool): PoolSpec {
  return withoutEmpty(flavor === undefined ? pool : { flavors: [flavor], ...pool });
}
