/**
 * Memo keys of a run: the requested spec, the call that started it, the actor, and of a lease its workspaces besides the
 * default one.
 */
export const memoKeys = {
  specHash: 'maopsSpecHash',
  start: 'maopsStart',
  by: 'maopsBy',
  workspaces: 'maopsWorkspaces',
} as const;
