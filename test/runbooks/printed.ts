/** In a line: any text. Alone in a line: any lines, or none. */
const anything = '…';

/** Whether output matches a page. Runs of spaces are equal, because the width of a column depends on its content. */
export function isAsExpected(expected: readonly string[], printed: string): boolean {
  return new RegExp(`^${patternOf(expected)}$`).test(tidy(printed));
}

/** Whether the output so far matches the start of a page. */
export function startsAsExpected(expected: readonly string[], printed: string): boolean {
  return new RegExp(`^${patternOf(expected)}`).test(tidy(printed));
}

/** Describes the first line that differs, and shows both texts. */
export function describeDifference(expected: readonly string[], printed: string): string {
  const matching = expected.findLastIndex((_, index) => startsAsExpected(expected.slice(0, index + 1), printed));
  const missing = expected[matching + 1];
  return [
    missing === undefined ? 'there is more output than on the page' : `missing in the output:\n  ${missing}`,
    `the page:\n${indented(expected.join('\n'))}`,
    `the output:\n${indented(printed.trimEnd())}`,
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
