import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { styles } from '../../domain/visible-text.js';

const plain = /^[ -~]*$/;
/** A space that no line is broken at. */
const noBreakSpace = '\u00a0';

/** The width of one line on a terminal, in columns. */
export function widthOf(text = ''): number {
  // Most cells are ASCII, and segmenting each of them would be slow in long tables.
  return plain.test(text) ? text.length : stringWidth(text);
}

/** The width of the widest line of a text. */
export function widestOf(text = ''): number {
  return Math.max(...text.split('\n').map((line) => widthOf(line)));
}

/** Cuts one line to a width, with `…` at the end. Keeps all styles. */
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

/** Wraps each line to a width; without a width, returns the text unchanged. */
export function wrapText(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  return text
    .split('\n')
    .map((line) => (widthOf(line) <= columns ? line : wrapLine(line, Math.max(1, columns))))
    .join('\n');
}

/**
 * Breaks between words where possible. A URL or a command in backticks stays in one piece, so that it can be copied.
 */
function wrapLine(line: string, columns: number): string {
  const indent = /^ */.exec(line)?.[0].length ?? 0;
  const hanging = indent > 0 && indent < columns / 2 ? ' '.repeat(indent) : '';
  const room = columns - hanging.length;
  const unbroken = line
    .slice(hanging.length)
    .replaceAll(/\S*`[^`]+`\S*/g, (command) =>
      widthOf(command) <= room ? command.replaceAll(' ', noBreakSpace) : command,
    );
  const words = unbroken.split(' ').map((word) => (widthOf(word) <= room ? word : breakWord(word, room)));
  return wrapAnsi(words.join(' '), room)
    .split('\n')
    .map((part) => `${hanging}${part.replaceAll(noBreakSpace, ' ').trimEnd()}`)
    .join('\n');
}

/** Breaks a word that is longer than a line between graphemes. */
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

let segmenter: Intl.Segmenter | null = null;

/** Creating a segmenter takes milliseconds, and most texts are not cut. */
function graphemesOf(part: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return [...segmenter.segment(part)].map(({ segment }) => segment);
}

/** Splits a text into styles, which have no width, and graphemes. */
function piecesOf(text: string): string[] {
  return text.split(styles).flatMap((part, index) => (index % 2 === 1 ? [part] : graphemesOf(part)));
}
