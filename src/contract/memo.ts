/** Memo keys of a run that was started here or by a schedule or plan: what was asked for, by which call, and by whom. */
export const memoKeys = { specHash: 'maopsSpecHash', start: 'maopsStart', by: 'maopsBy' } as const;
