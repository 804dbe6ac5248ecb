import { configTable } from './table.js';

/** The configuration page of the documentation, made from the table that the code is checked against. */
export function configurationPage(): string {
  const rows = configTable.map(({ names, meaning, default: fallback, isSecret }) => {
    const written = names.map((name) => `\`${name}\``).join(' or ');
    return `| ${written} | ${meaning}${isSecret ? ' (secret)' : ''} | ${fallback} |`;
  });
  return [
    '# Configuration',
    '',
    'Environment variables; a `.env` file is read by the npm scripts only. Blank means unset. Where several names are given, they mean the same and the first one',
    'that is set counts. Of several complete kinds of credentials the first in this table is used, and the log names it; half a kind, as an access key without',
    'its secret, is an error. A missing or wrong setting stops the process at start with one message that names each variable.',
    '',
    'Durations are a number with ms, s, m, h or d.',
    '',
    '| variable | meaning | default |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
