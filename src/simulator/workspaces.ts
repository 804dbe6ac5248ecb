import { nameMatches } from './current-notebooks/paging.js';
import type { Call, HandlerResult, World } from './world.js';

const DEFAULT_LIMIT = 1000;

/**
 * GET workspaces (docs/api/workloads-and-operations.md "10. Quotas, workspaces: what can be known before a create").
 */
export function listWorkspaces(world: World, call: Call): HandlerResult {
  const rows = world.state.workspaces
    .map((id) => ({
      id,
      name: id === '0' ? 'default' : `workspace-${id.slice(0, 4)}`,
      description: '',
      status: 'NORMAL',
      status_info: '',
      auth_type: 'PUBLIC',
      owner: call.user.domainName,
      enterprise_project_id: '0',
    }))
    .filter(({ name }) => nameMatches(call.query, 'name', name));
  const offset = Number(call.query.get('offset') ?? 0) || 0;
  const limit = Number(call.query.get('limit') ?? 0) || DEFAULT_LIMIT;
  const workspaces = rows.slice(offset, offset + limit);
  return { status: 200, body: { total_count: rows.length, count: workspaces.length, workspaces } };
}
