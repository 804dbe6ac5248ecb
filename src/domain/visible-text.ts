/**
 * What a terminal may obey or hide instead of showing: control and format characters, line separators, lone surrogates.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Joiners belong to emoji and to several scripts. A line break is for the layout. */
const harmless = ['\n', '\u200c', '\u200d'];
/** What `JSON.stringify` leaves as it is and a terminal may obey. */
const unescaped = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;
const escapeCharacter = '\u001b';
/** Splits text at exactly the styles that `picocolors` writes: those have the odd indexes. */
export const styles = new RegExp(`(${escapeCharacter}\\[\\d{1,2}m)`);

const deleteCode = 0x7f;
const controlPictures = 0x2400;
const deletePicture = '\u2421';

/**
 * Text from anywhere, with everything shown that a terminal would obey: ESC becomes `␛`, a right-to-left override
 * `\u202e`.
 */
export function visibleText(text: string): string {
  return text.replaceAll(invisible, (character) => (harmless.includes(character) ? character : pictureOf(character)));
}

/** Like `visibleText`, but keeps our own colours. Only for text whose foreign parts are already visible. */
export function visibleStyledText(text: string): string {
  return text
    .split(styles)
    .map((part, index) => (index % 2 === 1 ? part : visibleText(part)))
    .join('');
}

/** Makes all texts of a plain value visible, including its keys. */
export function visibleValue<Value>(value: Value): Value;
export function visibleValue(value: unknown): unknown {
  if (typeof value === 'string') return visibleText(value);
  if (Array.isArray(value)) return value.map((item: unknown) => visibleValue(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [visibleText(key), visibleValue(inner)]));
}

/** JSON of exactly this value, in which what a terminal would obey is written as an escape. */
export function visibleJson(value: unknown): string {
  return escapeInJson(JSON.stringify(value));
}

/** Escapes inside JSON text what may only stand inside its strings. */
export function escapeInJson(json: string): string {
  return json.replaceAll(unescaped, escapeOf);
}

function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(controlPictures + code);
  return code === deleteCode ? deletePicture : escapeOf(character);
}

/** By code units, as JSON wants it. */
function escapeOf(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
