import type { HandlerResult, World } from './world.js';

/**
 * The documented default quota. It is shown always, and enforced only when set in `Behavior`
 * (docs/api/pools-and-flavors.md "4.3 Quotas and environment config").
 */
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
