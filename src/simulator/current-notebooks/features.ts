import { hexDigits, uuid } from '../random.js';
import type { Call, HandlerResult, World } from '../world.js';
import { notFound } from './errors.js';

/**
 * The documented number of notebooks of an account, shown when none is enforced (docs/api/workloads-and-operations.md
 * "10. Quotas, workspaces: what can be known before a create").
 */
const SHOWN_QUOTA = 10;

/**
 * GET a feature: whether the caller may create notebooks, and how many (docs/api/notebooks-current.md "9. Other
 * calls").
 */
export function showFeature(world: World, call: Call): HandlerResult {
  const name = call.params.feature ?? '';
  if (name !== 'NOTEBOOK') throw notFound('feature');
  const used = world.state.currentNotebooks.filter(
    ({ userId, feature }) => userId === call.user.id && feature === name,
  ).length;
  return {
    status: 200,
    body: {
      id: uuid(hexDigits(32, world.seed, 'feature', name)),
      name,
      enabled: true,
      quota: world.behavior.notebookQuota ?? Math.max(SHOWN_QUOTA, used + 1),
      used,
      user_id: call.user.id,
      create_at: 0,
      update_at: 0,
    },
  };
}
