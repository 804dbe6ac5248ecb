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
    'Durations are a number with ms, s, m, h or d, such as `90m`, or several of them, such as `1h30m`.',
    '',
    '| variable | meaning | default |',
    '|---|---|---|',
    ...rows,
    '',
    '## Changing settings',
    '',
    'An open run keeps the values of `MAOPS_POLL_MIN`, `MAOPS_POLL_MAX`, `MAOPS_POLL_WINDOW`, `MAOPS_ABNORMAL_GRACE` and `MAOPS_CONSISTENCY_WINDOW` that it started with: they',
    'decide when a resource is usable, unhealthy or gone. Everything else is the worker’s, and a restart changes it for open runs too. The shared watchers poll at the',
    'pace of the worker. See [decision 8](decisions/0008-settings-of-a-run.md).',
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
    '## Proxies',
    '',
    '| connection | goes through an HTTP proxy |',
    '|---|---|',
    '| to Temporal, of the command line, the library and the worker | when `grpc_proxy`, else `https_proxy`, else `http_proxy` names one as `http://[user:password@]host:port` |',
    '| to Temporal on this machine (`localhost`, `127.*`, `::1`) | never |',
    '| to Temporal at an address that ends as an entry of `no_grpc_proxy`, else `no_proxy`, or lies in its network, such as `10.0.0.0/8` | never |',
    '| to ModelArts, IAM and webhooks | never: they must be reached directly |',
    '',
    'The upper-case names (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`) and `all_proxy` count for none of these connections. Only the download of the embedded',
    'Temporal server follows them, as the Temporal SDK and Go do. `maops doctor` and the errors of a connection name the proxy and its variable.',
    '',
  ].join('\n');
}
