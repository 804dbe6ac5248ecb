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

/** As many as the service makes in one availability zone (docs/api/pools-and-flavors.md "2.2 Create"). */
const nodes = wholeNumber(1, 2000);
/** What the service documents beyond the fields that this product reads is passed on as it is. */
const passedOn = z.looseObject({}, { error: 'must be a group of keys with values' });
const passedOnList = z.array(passedOn, { error: 'must be a list' });

/** One entry of `spec.resources[]` (docs/api/pools-and-flavors.md "2.2 Create"). */
const resource = section({
  flavor: text.describe("The flavor's metadata.name"),
  count: nodes.describe('Nodes of this flavor'),
  azs: listOf(section({ az: text, count: nodes }), 'availability zones')
    .exactOptional()
    .describe('Nodes per availability zone; the service chooses when this is left out'),
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

/** Annotations of the pool that concern money (docs/api/pools-and-flavors.md "2.2 Create"); nothing is sent that the user did not give. */
const billing = section({
  mode: digitChoice(['0', '1']).exactOptional().describe('0: pay per use; 1: yearly or monthly'),
  periodNum: textLike(/^[1-9]\d{0,3}$/, 'must be a whole number from 1 to 9999', 1, 9999).exactOptional(),
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

/** The `pool` section as people write it; what concerns several fields at once is in pool-rules.ts. */
export const poolSchema = section({
  flavor: text.exactOptional().describe('Short for flavors with one entry'),
  flavors: listOf(text, 'flavors', 1).exactOptional().describe('First choice first: the first one on sale is taken'),
  count: nodes.exactOptional().describe('Nodes'),
  resources: listOf(resource, 'resources', 1)
    .max(10, { error: 'must name at most 10 resources' })
    .exactOptional()
    .describe('In place of flavors and count, for a pool of several flavors'),
  network: text.exactOptional().describe("The network's metadata.name; required for Dedicate, refused for Logical"),
  type: choice(['Dedicate', 'Logical']).prefault('Dedicate'),
  scope: listOf(choice(['Train', 'Infer', 'Notebook']), 'scopes', 1).describe(
    'What the pool is for; Logical pools only Train',
  ),
  driver: driver.exactOptional(),
  description: description(100, '!<>=&"\'').exactOptional(),
  workspaceId: text.exactOptional(),
  sharing: choice(['unshared', 'shared']).exactOptional(),
  nodePrefix: text.exactOptional().describe('Prefix of the node names'),
  parent: text.exactOptional().describe('The pool that a logical pool is cut from'),
  jobFlavors: listOf(text, 'job flavors').exactOptional(),
  masters: z
    .array(section({ az: text }), { error: 'must be a list of masters' })
    .exactOptional()
    .describe('Availability zones of the control-plane nodes'),
  schedulerExtension: flagText.exactOptional(),
  requestType: choice(['console']).exactOptional().describe('Turns on the order function of the console'),
  userId: text.exactOptional(),
  billing: billing.exactOptional(),
}).transform(normalisePool);

interface WrittenPool extends PoolSpec {
  readonly flavor?: string;
}

function normalisePool({ flavor, ...pool }: WrittenPool): PoolSpec {
  return withoutEmpty(flavor === undefined ? pool : { flavors: [flavor], ...pool });
}
