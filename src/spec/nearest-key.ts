import { distance } from 'fastest-levenshtein';

/** Shortest prefix that is taken for the whole key. */
const leastShortForm = 4;
/** With more differences it is another word, not a typo. */
const mostSlips = 2;

/** The message about an unknown key, with the known key that it is probably a misspelling of. */
export function unknownKeyMessage(key: string, known: readonly string[]): string {
  const nearest = known
    .filter((candidate) => isLikely(key, candidate))
    .sort((a, b) => unlikeness(key, a) - unlikeness(key, b))[0];
  return nearest === undefined ? `unknown key \`${key}\`` : `unknown key \`${key}\`; did you mean \`${nearest}\`?`;
}

/** A prefix (`onFail`), or a few different letters. In a short key fewer: `id` is no misspelling of `az`. */
function isLikely(written: string, known: string): boolean {
  if (plain(written).length >= leastShortForm && plain(known).startsWith(plain(written))) return true;
  const slips = Math.min(mostSlips, Math.ceil(plain(written).length / 3));
  return distance(plain(written), plain(known)) <= slips;
}

/** Compares without case and separators, so that `profile_id` finds `profileId`. */
function unlikeness(written: string, known: string): number {
  return distance(plain(written), plain(known)) + distance(written, known) / 1_000;
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}
