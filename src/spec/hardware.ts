export type Hardware = 'CPU' | 'GPU' | 'NPU';

/**
 * The hardware in the name of a flavor (docs/api/pools-and-flavors.md "4.1 Resource flavors"). Null is unknown, and
 * passes every check.
 */
export function flavorHardware(flavor: string): Hardware | null {
  const name = flavor.toLowerCase();
  if (/\.npu|\.d910|\.d310|ascend/.test(name)) return 'NPU';
  if (/\.gpu/.test(name)) return 'GPU';
  if (/\.cpu/.test(name)) return 'CPU';
  return null;
}

/**
 * The hardware at the end of a profile id (docs/api/notebooks-and-auth.md "2.2 Cross-field rules for O1", R13). Null is
 * unknown.
 */
export function profileHardware(profileId: string): Hardware | null {
  if (/-gpu$/i.test(profileId)) return 'GPU';
  if (/-cpu$/i.test(profileId)) return 'CPU';
  return null;
}

/** Why a profile does not run on a flavor; null when it does, or when the hardware of one is unknown. */
export function profileMismatch(flavor: string, profile: Hardware | null, has: Hardware | null): string | null {
  if (profile === null || has === null || profile === has) return null;
  return `requires ${profile}, but flavor ${flavor} has ${has}`;
}

/**
 * The accelerator that a notebook flavor needs and that no node flavor has; null when one has it, or when it is
 * unknown. A notebook without an accelerator runs on any node.
 */
export function missingHardware(notebookFlavor: string, nodeFlavors: readonly string[]): Hardware | null {
  const wanted = flavorHardware(notebookFlavor);
  if (wanted === null || wanted === 'CPU' || nodeFlavors.length === 0) return null;
  const mayHave = nodeFlavors.some((flavor) => (flavorHardware(flavor) ?? wanted) === wanted);
  return mayHave ? null : wanted;
}
