import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { styles } from '../../domain/visible-text.js';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const plain = /^[ -~]*$/;
/** Stands for a space that no line may be broken at; both have the same width. */
const firmSpace = '\u00a0';

/** The columns that a text of one line takes on a terminal. */
export function widthOf(text = ''): number {
  // Most cells are ASCII, and segmenting each of them would show in long tables.
  return plain.test(text) ? text.length : stringWidth(text);
}

/** The columns that the widest line of a text takes. */
export function widestOf(text = ''): number {
  return Math.max(...text.split('\n').map((line) => widthOf(line)));
}

/** A text of one line in so many columns, with `…` at its end where something is missing; all its styles are kept. */
export function cutText(text: string, room: number): string {
  if (widthOf(text) <= room) return text;
  let cut = '';
  let left = room - 1;
  for (const piece of piecesOf(text)) {
    if (styles.test(piece)) cut += piece;
    else if (left >= 0) {
      left -= widthOf(piece);
      cut += left < 0 ? '…' : piece;
    }
  }
  return cut;
}

/** A text brought to a width, line by line; as it is where there is no width. */
export function wrapText(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  return text
    .split('\n')
    .map((line) => (widthOf(line) <= columns ? line : wrapLine(line, Math.max(1, columns))))
    .join('\n');
}

/** Breaks between words where it can: what is copied, such as a URL or a command in backticks, stays in one piece. */
function wrapLine(line: string, columns: number): string {
  const indent = /^ */.exec(line)?.[0].length ?? 0;
  const hanging = indent > 0 && indent < columns / 2 ? ' '.repeat(indent) : '';
  const room = columns - hanging.length;
  const firm = line
    .slice(hanging.length)
    .replaceAll(/\S*`[^`]+`\S*/g, (command) =>
      widthOf(command) <= room ? command.replaceAll(' ', firmSpace) : command,
    );
  const words = firm.split(' ').map((word) => (widthOf(word) <= room ? word : breakWord(word, room)));
  return wrapAnsi(words.join(' '), room)
    .split('\n')
    .map((part) => `${hanging}${part.replaceAll(firmSpace, ' ').trimEnd()}`)
    .join('\n');
}

/** A word without room on any line, broken between what is seen as one character. */
function breakWord(word: string, room: number): string {
  let broken = '';
  let used = 0;
  for (const piece of piecesOf(word)) {
    const width = widthOf(piece);
    const isFull = used > 0 && used + width > room;
    broken += isFull ? `\n${piece}` : piece;
    used = isFull ? width : used + width;
  }
  return broken;
}

/** Styles, which take no room, and between them what is seen as one character. */
function piecesOf(text: string): string[] {
  return text
    .split(styles)
    .flatMap((part, index) => (index % 2 === 1 ? [part] : [...graphemes.segment(part)].map(({ segment }) => segment)));
}
