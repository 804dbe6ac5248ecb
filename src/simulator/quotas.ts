import type { HandlerResult, World } from './world.js';

/** What the pages name as the default quota; shown only, enforced when a knob says so (docs/api/pools-and-flavors.md "4.3 Quotas and environment config"). */
const SHOWN_QUOTA = 15;

/** GET quotas. */
export function showQuotas(world: World): HandlerResult {
  const { pools, networks } = world.state;
  return {
    status: 200,
    body: {
      quotas: {
        resources: [
          {
            type: 'pool',
            quota: world.behavior.poolQuota ?? Math.max(SHOWN_QUOTA, pools.length + 1),
            used: pools.length,
          },
          { type: 'network', quota: world.behavior.networkQuota ?? SHOWN_QUOTA, used: networks.length },
        ],
      },
    },
  };
}
