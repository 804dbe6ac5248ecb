/**
 * A number in [0, 1) that depends only on the seed and the key. There is no generator state, so the jitter of a
 * resource does not depend on other calls, and a snapshot needs no generator state.
 */
export function draw(seed: number, ...key: readonly (string | number)[]): number {
  let hash = 0x811c9dc5 ^ Math.trunc(seed);
  for (const character of key.join('\u0000')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Hexadecimal digits that depend only on the seed and the key. */
export function hexDigits(length: number, seed: number, ...key: readonly (string | number)[]): string {
  return letters(length, '0123456789abcdef', seed, ...key);
}

/** Characters of an alphabet that depend only on the seed and the key. */
export function letters(length: number, alphabet: string, seed: number, ...key: readonly (string | number)[]): string {
  return Array.from({ length }, (_, index) =>
    alphabet.charAt(Math.floor(draw(seed, ...key, index) * alphabet.length)),
  ).join('');
}

/** 32 hexadecimal digits in the form of a UUID. */
export function uuid(digits: string): string {
  const part = (from: number, to: number) => digits.slice(from, to);
  return [part(0, 8), part(8, 12), `4${part(13, 16)}`, `8${part(17, 20)}`, part(20, 32)].join('-');
}
