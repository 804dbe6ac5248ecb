/** The text of a file, or its first problem. Line and column start at 1. */
export type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string; readonly line: number; readonly column: number };

const advice = 'Save it as UTF-8.';

/** Byte order marks of other encodings, the longer first. */
const signatures: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['UTF-32 (little endian)', [0xff, 0xfe, 0, 0]],
  ['UTF-32 (big endian)', [0, 0, 0xfe, 0xff]],
  ['UTF-16 (little endian)', [0xff, 0xfe]],
  ['UTF-16 (big endian)', [0xfe, 0xff]],
];

/**
 * Decodes UTF-8 with or without a byte order mark. Refuses anything else, because replacement characters would reach
 * the API.
 */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  const other = otherEncoding(bytes);
  if (other !== null) return { ok: false, problem: `the file is ${other}, not UTF-8. ${advice}`, line: 1, column: 1 };
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const wrong = firstDifference(bytes, new TextEncoder().encode(text));
  if (wrong === null) return bytes.includes(0) ? nulByte(bytes) : { ok: true, text: text.replace(/^\ufeff/, '') };
  const byte = bytes[wrong] ?? 0;
  const name = `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  const meant = byte >= 0xa0 ? ` (in Latin-1 it is ${String.fromCharCode(byte)})` : '';
  return { ok: false, problem: `the byte ${name} is not UTF-8${meant}. ${advice}`, ...placeOf(bytes, wrong) };
}

function otherEncoding(bytes: Uint8Array): string | null {
  const signed = signatures.find(([, signature]) => signature.every((byte, index) => bytes[index] === byte));
  if (signed !== undefined) return signed[0];
  // Without a mark, one of the two bytes of each ASCII character is zero.
  const [first, second, third, fourth] = bytes;
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return 'UTF-16 (little endian)';
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0) return 'UTF-16 (big endian)';
  return null;
}

function nulByte(bytes: Uint8Array): Decoded {
  return {
    ok: false,
    problem: 'the file has a NUL byte, so it is not a text file',
    ...placeOf(bytes, bytes.indexOf(0)),
  };
}

/** The decoder replaces invalid bytes by U+FFFD, whose bytes differ from them. */
function firstDifference(bytes: Uint8Array, again: Uint8Array): number | null {
  const index = bytes.findIndex((byte, at) => byte !== again[at]);
  return index < 0 ? null : index;
}

function placeOf(bytes: Uint8Array, offset: number): { line: number; column: number } {
  const lines = new TextDecoder('latin1').decode(bytes.subarray(0, offset)).split('\n');
  const last = bytes.subarray(offset - (lines.at(-1) ?? '').length, offset);
  return { line: lines.length, column: Array.from(new TextDecoder().decode(last)).length + 1 };
}
