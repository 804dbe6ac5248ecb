/** In a line: anything. Alone in a line: any lines, also none. */
const anything = '…';

/** Whether a text is what a page says; runs of spaces are alike, because columns are as wide as what is in them. */
export function isAsSaid(expected: readonly string[], printed: string): boolean {
  return new RegExp(`^${patternOf(expected)}$`).test(tidy(printed));
}

/** Whether what was printed so far begins as a page says. */
export function beginsAsSaid(expected: readonly string[], printed: string): boolean {
  return new RegExp(`^${patternOf(expected)}`).test(tidy(printed));
}

/** Says at which line of the page the text first differs, and shows both. */
export function describeDifference(expected: readonly string[], printed: string): string {
  const matching = expected.findLastIndex((_, index) => beginsAsSaid(expected.slice(0, index + 1), printed));
  const missing = expected[matching + 1];
  return [
    missing === undefined
      ? 'more is printed than the page says'
      : `the page says, but it is not printed there:\n  ${missing}`,
    `the page:\n${indented(expected.join('\n'))}`,
    `printed:\n${indented(printed.trimEnd())}`,
  ].join('\n');
}

function patternOf(expected: readonly string[]): string {
  return expected.map((line) => (line.trim() === anything ? '(?:.*\\n)*?' : `${patternOfLine(line)}\\n`)).join('');
}

function patternOfLine(line: string): string {
  return tidyLine(line)
    .split(/ ?… ?/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*?');
}

function tidy(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed === '' ? '' : `${trimmed.split('\n').map(tidyLine).join('\n')}\n`;
}

function tidyLine(line: string): string {
  return line.trimEnd().replaceAll(/ +/g, ' ');
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  | ');
}
