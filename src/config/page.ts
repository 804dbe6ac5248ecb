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
    '## Slots',
    '',
    'A worker polls two task queues. `NAME` (`MAOPS_TASK_QUEUE`) has the workflows and the calls: creates, deletes, reads, webhooks. `NAME-waits` has the activities',
    'that may take minutes: waits, and readings of the whole project for sweeps, audits and plans. Each queue has slots of its own, so waiting never delays a call.',
    '',
    '- `MAOPS_CALL_SLOTS`: at 5 requests per second, calls that wait up to 10 s for the rate limit and 15 s for an answer fill 125 slots. The rest is for webhooks and',
    '  calls to Temporal. Raise it together with `MAOPS_MAX_RPS`: 40 slots for each request per second.',
    '- `MAOPS_WAIT_SLOTS`: one slot for each resource that is waited for at the same time. Beyond that, a wait starts when another one ends its window',
    '  (`MAOPS_POLL_WINDOW`).',
    '',
  ].join('\n');
}
