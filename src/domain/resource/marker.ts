/** The marker of our resources, written into their description: `maops:<installation>-<owner>-<spec>`. */
export interface Marker {
  /** First 6 hex digits of the Temporal namespace's id: another installation's marker is foreign. */
  readonly installation: string;
  /** 8 hex digits, hash of the workflow id that created the resource. */
  readonly owner: string;
  /** 8 hex digits, hash of the normalised spec. */
  readonly spec: string;
}

export const markerPattern = /maops:([0-9a-f]{6})-([0-9a-f]{8})-([0-9a-f]{8})/;
export const keepMark = 'maops:keep';
/** With the space that separates it, at any position. */
const anyKeepMark = /^maops:keep ?| ?maops:keep/g;

export function formatMarker(marker: Marker): string {
  return `maops:${marker.installation}-${marker.owner}-${marker.spec}`;
}

/** Reads the marker out of a description or annotation; null when there is none. */
export function parseMarker(text: string | null | undefined): Marker | null {
  const [, installation, owner, spec] = markerPattern.exec(text ?? '') ?? [];
  return installation === undefined || owner === undefined || spec === undefined ? null : { installation, owner, spec };
}

/** Whether a marker is of this installation and, where `owners` is given, of one of these owner hashes. */
export function isMarkedBy(
  marker: Marker | null | 'unread',
  installation: string,
  owners?: readonly string[],
): marker is Marker {
  if (marker === null || marker === 'unread' || marker.installation !== installation) return false;
  return owners === undefined || owners.includes(marker.owner);
}

/** The description of a resource that we create: the user's text, then the marker. */
export function markedDescription(words: string | undefined, marker: Marker): string {
  return [words?.trim(), formatMarker(marker)].filter(Boolean).join(' ');
}

/** An operator's protection, which sweep, teardown and lease expiry respect. */
export function isProtected(description: string | null | undefined): boolean {
  return (description ?? '').includes(keepMark);
}

/** Adds or removes the protection and keeps the rest of the description. */
export function withProtection(description: string, protect: boolean): string {
  const without = description.replace(anyKeepMark, '');
  if (!protect) return without;
  return without === '' ? keepMark : `${without} ${keepMark}`;
}

export interface MarkerOwnership {
  readonly installation: string;
  /** Hash of this operation's workflow id. */
  readonly owner: string;
  /** Hashes of the specs that this operation has used; an operator's change adds one. */
  readonly specs: readonly string[];
}

/**
 * The owner of a resource. `mine`: this operation and spec. `otherSpec`: this operation, from another spec.
 * `otherOwner`: another operation of this installation. `foreign`: no marker, or another installation's.
 */
export function markerOwnershipOf(
  marker: Marker | null,
  us: MarkerOwnership,
): 'mine' | 'otherSpec' | 'otherOwner' | 'foreign' {
  if (!isMarkedBy(marker, us.installation)) return 'foreign';
  if (marker.owner !== us.owner) return 'otherOwner';
  return us.specs.includes(marker.spec) ? 'mine' : 'otherSpec';
}
