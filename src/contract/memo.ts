/** Memo keys of a run: the requested spec, the call that started it, and the actor. */
export const memoKeys = { specHash: 'maopsSpecHash', start: 'maopsStart', by: 'maopsBy' } as const;
