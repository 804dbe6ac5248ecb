/** A key under which a command was given. */
export interface UsedKey {
  readonly key: string;
  /** The message: `pause`, `extendLease`. */
  readonly command: string;
}

/** So many keys are kept, the newest ones. */
export const keysKept = 100;

/** The command that was given under a key; null when none was, or when its key is not kept any more. */
export function commandOfKey(used: readonly UsedKey[], key: string): string | null {
  return used.find((one) => one.key === key)?.command ?? null;
}

/** Keeps the key of a command that has taken effect. */
export function keepKey(used: readonly UsedKey[], command: string, key: string): readonly UsedKey[] {
  return [...used.filter((one) => one.key !== key), { key, command }].slice(-keysKept);
}
