import { distance } from 'fastest-levenshtein';

/** What to say of a key that nobody knows: the known one that it most looks like is named. */
export function unknownKeyMessage(key: string, known: readonly string[]): string {
  const nearest = [...known].sort((a, b) => unlikeness(key, a) - unlikeness(key, b))[0];
  return nearest === undefined ? `unknown key \`${key}\`` : `unknown key \`${key}\`; did you mean \`${nearest}\`?`;
}

/** Compares without case and separators first, so that `profile_id` finds `profileId`. */
function unlikeness(written: string, known: string): number {
  return distance(plain(written), plain(known)) + distance(written, known) / 1_000;
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}
