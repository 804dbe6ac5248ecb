import { readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(__dirname, '../../docs/runbooks');

/** The headings of every page, in this order. */
export const headings = ['Symptom', 'Diagnose', 'Decide', 'Act', 'Verify'] as const;

/** One command of a page with the output that the page shows. */
export interface PageCommand {
  /** A heading, or `heading: subheading`. */
  readonly section: string;
  readonly line: number;
  readonly command: string;
  readonly isBackground: boolean;
  readonly expected: readonly string[];
  readonly exit: number;
}

export interface RunbookPage {
  readonly name: string;
  readonly sections: readonly string[];
  readonly commands: readonly PageCommand[];
}

/** Reads a page. Refuses fenced blocks that are not `console`, because nothing would run them. */
export function readPage(name: string): RunbookPage {
  const lines = readFileSync(path.join(folder, `${name}.md`), 'utf8').split('\n');
  const sections: string[] = [];
  const commands: PageCommand[] = [];
  let heading = '';
  let section = '';
  let block: { line: number; lines: string[] } | null = null;
  for (const [index, text] of lines.entries()) {
    if (block !== null) {
      if (text === '```') {
        commands.push(...commandsOf(name, section, block));
        block = null;
      } else block.lines.push(text);
      continue;
    }
    const title = /^(#{2,3}) (.+)$/.exec(text);
    if (title !== null) {
      const [, depth = '', words = ''] = title;
      if (depth === '##') heading = words;
      section = depth === '##' ? words : `${heading}: ${words}`;
      sections.push(section);
    } else if (text.startsWith('```')) {
      if (text !== '```console')
        throw new Error(`${name}.md:${index + 1}: a fenced block is \`\`\`console, not ${text}`);
      block = { line: index + 2, lines: [] };
    }
  }
  if (block !== null) throw new Error(`${name}.md:${block.line}: the block is not closed`);
  return { name, sections, commands };
}

/**
 * `$` starts a command, `\` at the end of a line continues it, `(exit N)` is its exit code, and the rest is its output.
 */
function commandsOf(page: string, section: string, block: { line: number; lines: readonly string[] }): PageCommand[] {
  const commands: PageCommand[] = [];
  let current: { line: number; command: string; expected: string[]; exit: number } | null = null;
  const finish = () => {
    if (current === null) return;
    const { command } = current;
    const isBackground = command.endsWith(' &');
    commands.push({ section, ...current, command: command.replace(/ &$/, ''), isBackground });
  };
  for (const [offset, text] of block.lines.entries()) {
    const line = block.line + offset;
    const exit = /^\(exit (\d+)\)$/.exec(text);
    if (text.startsWith('$ ')) {
      finish();
      current = { line, command: text.slice(2), expected: [], exit: 0 };
    } else if (current === null) throw new Error(`${page}.md:${line}: a block begins with a command`);
    else if (current.command.endsWith('\\')) current.command = `${current.command.slice(0, -1)}${text.trim()}`;
    else if (exit !== null) current.exit = Number(exit[1]);
    else current.expected.push(text);
  }
  finish();
  return commands;
}
