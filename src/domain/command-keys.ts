/** A key that a command was given with. */
export interface UsedKey {
  readonly key: string;
  /** The message: `pause`, `extendLease`. */
  readonly command: string;
}

/** Number of keys to keep, the newest ones. */
export const keysKept = 100;

/** The command that was given with a key; null when there is none, or when the key is no longer kept. */
export function commandOfKey(used: readonly UsedKey[], key: string): string | null {
  return used.find((one) => one.key === key)?.command ?? null;
}

/** Keeps the key of a command that has taken effect. */
export function keepKey(used: readonly UsedKey[], command: string, key: string): readonly UsedKey[] {
  return [...used.filter((one) => one.key !== key), { key, command }].slice(-keysKept);
}
