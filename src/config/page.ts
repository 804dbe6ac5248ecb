import { allVariables } from './variables.js';

/** Returns the text of docs/configuration.md. */
export function configurationPage(): string {
  const rows = allVariables.map(({ names, description, shownDefault, isSecret }) => {
    const written = names.map((name) => `\`${name}\``).join(' or ');
    return `| ${written} | ${description}${isSecret ? ' (secret)' : ''} | ${shownDefault} |`;
  });
  return `# Configuration

The configuration is read from environment variables. Only the npm scripts read a \`.env\` file.

- A blank value counts as unset.
- If a variable has several names, the first one that is set counts.
- If several kinds of credentials are complete, the first kind in the table is used, and the log names it. An incomplete
  kind, such as an access key without its secret key, is an error.
- A missing or wrong variable stops the process at start. One message lists every problem.

A duration is a number with ms, s, m, h or d, such as \`90m\`, or several of them, such as \`1h30m\`.

| variable | meaning | default |
|---|---|---|
${rows.join('\n')}

## Changing the configuration

An open run keeps the values of \`MAOPS_POLL_MIN\`, \`MAOPS_POLL_MAX\`, \`MAOPS_POLL_WINDOW\`, \`MAOPS_ABNORMAL_GRACE\` and
\`MAOPS_CONSISTENCY_WINDOW\` that it started with. They decide when a resource is usable, unhealthy or gone. Everything
else belongs to the worker: a restart changes it for open runs too. The shared watchers poll at the pace of the worker.
See [decision 8](decisions/0008-run-and-worker-settings.md).

## Slots

A worker polls two task queues, and each has its own slots, so that waiting never delays a call:

- \`NAME\` (\`MAOPS_TASK_QUEUE\`) has the workflows and the calls: creates, deletes, reads and webhooks.
- \`NAME-waits\` has the activities that may take minutes: waits, and reads of the whole project for sweeps, audits and plans.

How many slots to set:

- \`MAOPS_CALL_SLOTS\`: at 5 requests per second, 125 slots are full of calls that wait up to 10 s for the rate limit and
  15 s for a response. The others are for webhooks and calls to Temporal. If you raise \`MAOPS_MAX_RPS\`, use 40 slots for
  each request per second.
- \`MAOPS_WAIT_SLOTS\`: one slot for each resource that is waited for at the same time. Further waits start when another
  wait ends its window (\`MAOPS_POLL_WINDOW\`).
- \`MAOPS_WORKFLOW_SLOTS\` and the other settings of workflows follow the machine: [performance.md](performance.md).

## Proxies

| connection | uses an HTTP proxy |
|---|---|
| to Temporal, from the command line, the library and the worker | if \`grpc_proxy\`, else \`https_proxy\`, else \`http_proxy\` is \`http://[user:password@]host:port\` |
| to Temporal on this machine (\`localhost\`, \`127.*\`, \`::1\`) | never |
| to a Temporal address that matches \`no_grpc_proxy\`, else \`no_proxy\`: by the end of its name, or by a network such as \`10.0.0.0/8\` | never |
| to ModelArts, IAM and webhooks | never; they must be reachable directly |

The upper-case names (\`HTTP_PROXY\`, \`HTTPS_PROXY\`, \`ALL_PROXY\`, \`NO_PROXY\`) and \`all_proxy\` have no effect on these
connections. Only the download of the embedded Temporal server uses them, as the Temporal SDK and Go do. \`maops doctor\`
and connection errors name the proxy and its variable.
`;
}
