export type Hardware = 'CPU' | 'GPU' | 'NPU';

/** What a flavor's name says about its hardware (docs/api/pools-and-flavors.md "4.1 Resource flavors"); null when it says nothing, which must pass. */
export function flavorHardware(flavor: string): Hardware | null {
  const name = flavor.toLowerCase();
  if (/\.npu|\.d910|\.d310|ascend/.test(name)) return 'NPU';
  if (/\.gpu/.test(name)) return 'GPU';
  if (/\.cpu/.test(name)) return 'CPU';
  return null;
}

/** What a notebook's profile id says by its end (docs/api/notebooks-and-auth.md "2.2 Cross-field rules for O1", R13); null for ids without such an end. */
export function profileHardware(profileId: string): Hardware | null {
  if (/-gpu$/i.test(profileId)) return 'GPU';
  if (/-cpu$/i.test(profileId)) return 'CPU';
  return null;
}

/**
 * The accelerator that a notebook flavor needs and that none of these node flavors has; null when one has it, or when a
 * name does not say. A notebook without an accelerator runs on any node.
 */
export function missingHardware(notebookFlavor: string, nodeFlavors: readonly string[]): Hardware | null {
  const wanted = flavorHardware(notebookFlavor);
  if (wanted === null || wanted === 'CPU' || nodeFlavors.length === 0) return null;
  const mayHave = nodeFlavors.some((flavor) => (flavorHardware(flavor) ?? wanted) === wanted);
  return mayHave ? null : wanted;
}
