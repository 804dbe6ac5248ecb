import type { Catalogue, CataloguedCommand } from './command.js';
import { exitCodesHelp } from './exit-codes.js';

/** The text of docs/cli.md, from the catalogue. */
export function commandLinePage({ groups: summaries, commands: all }: Catalogue): string {
  const groups = new Map<string | null, CataloguedCommand[]>();
  for (const command of all) groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  const contents = [...groups].map(([group, commands]) => {
    const links = commands.map((command) => `[${command.verb}](#${anchorOf(command)})`).join(', ');
    return group === null
      ? `- roles and others: ${links}`
      : `- \`maops ${group}\` (${summaries[group] ?? 'below the command of that name'}): ${links}`;
  });
  return [head, contents.join('\n'), shared, ...[...groups.values()].flat().map(section), '']
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

const head = `# The command line

\`maops <group> <verb>\`. Run it as \`npx maops …\` or \`node bin/maops.js …\` in a clone after \`npm ci\`, and as \`maops …\`
once it is installed. \`maops help <group> <verb>\` prints the same text as this page.

This page is generated from the commands by \`npx tsx scripts/cli-page.ts\`.`;

const shared = `## For every command

| option | meaning |
|---|---|
| \`--json\` | print one JSON document (\`env watch\`: one JSON line per change); times are RFC 3339 UTC |
| \`--debug\` | show stack traces |
| \`-h\`, \`--help\` | show the help of the command |

**Output.** Results go to stdout, everything else to stderr. Without \`--json\`, results are text for people. Times are in
the local time zone, which is printed with them; an unknown zone in \`TZ\` is replaced by UTC, with a note. A terminal
shows progress that is redrawn; elsewhere each change is one line. Colours appear on terminals only, and never when
\`NO_COLOR\` is set. Control characters in names, reasons and messages are made visible (\`␛\` for ESC).

**Pipes.** Everything is written before the process exits. If the reader goes away first (\`| head -1\`), the exit code is
the command's own if its work was done, else 141.

**Names.** The NAME of an environment means its open run: the teardown, else the create operation, else the lease.
Without an open run it means the newest closed one. A workflow id such as \`pool/training-pool\` means exactly that
workflow.

**Durations** are a number with ms, s, m, h or d, such as \`90m\`. Units can be combined from the largest down, such as
\`1h30m\`.

**Files** are UTF-8, YAML or JSON. Anchors and merge keys (\`<<\`) are supported. A file contains one document with at most
64 levels.

### Exit codes

\`\`\`text
${exitCodesHelp.trimEnd()}
\`\`\`

### Variables

[configuration.md](configuration.md) lists every variable. \`maops doctor\` checks them.

- Commands to operations need Temporal: \`TEMPORAL_ADDRESS\`, \`TEMPORAL_NAMESPACE\` and, where used, \`TEMPORAL_API_KEY\`,
  \`TEMPORAL_TLS_*\` or \`TEMPORAL_PROFILE\`.
- \`MAOPS_TASK_QUEUE\` is needed when the workers use another queue than the default, and \`MAOPS_CODEC_KEYS\` when payloads
  are encrypted.
- \`MAOPS_ACTOR\` is the actor recorded for commands (default: the user of the operating system).
- Commands that read the service (\`pool\`, \`notebook\`, \`flavor\`, \`network\`, the plan of a teardown) need the
  \`MODELARTS_*\` settings and credentials.

### Completion

\`\`\`sh
source <(maops completion bash)                                  # bash, for this shell
maops completion zsh > ~/.zfunc/_maops                           # zsh, a directory of $fpath
maops completion fish > ~/.config/fish/completions/maops.fish    # fish
\`\`\`

## Commands`;

function section(command: CataloguedCommand): string {
  const { summary, usage, arguments: args, options, after } = command;
  const own = options.filter(({ long }) => long !== '--json' && long !== '--debug');
  const blocks = [
    `### ${titleOf(command)}`,
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    `\`\`\`text\n${usage.join('\n')}\n\`\`\``,
    args.length === 0
      ? null
      : table(
          'argument',
          args.map(({ term, description, choices }) => [term, withChoices(description, choices)]),
        ),
    own.length === 0
      ? null
      : table(
          'option',
          own.map(({ flags, description, choices, isRequired, standard }) => [
            flags,
            [
              withChoices(description, choices),
              isRequired ? ' (required)' : '',
              standard === null ? '' : ` (default: \`${standard}\`)`,
            ].join(''),
          ]),
        ),
    after === '' ? null : examples(after),
  ];
  return blocks.filter((block) => block !== null).join('\n\n');
}

/** Turns the examples into a block of shell, and keeps any other text. */
function examples(after: string): string {
  const start = after.search(/^Examples?:$/m);
  if (start < 0) return after;
  const before = after.slice(0, start).trim();
  const lines = after
    .slice(start)
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^ {2}\$ /, '').trimEnd());
  const block = `\`\`\`sh\n${lines.join('\n').trim()}\n\`\`\``;
  return before === '' ? block : `${before}\n\n${block}`;
}

function table(head: string, rows: readonly (readonly [string, string])[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  return [
    `| ${head} | meaning |`,
    '|---|---|',
    ...rows.map(([term, meaning]) => `| \`${cell(term)}\` | ${cell(meaning)} |`),
  ].join('\n');
}

function withChoices(description: string, choices: readonly string[] | null): string {
  return choices === null ? description : `${description}: ${choices.map((choice) => `\`${choice}\``).join(', ')}`;
}

function titleOf({ group, verb }: CataloguedCommand): string {
  return `maops ${group === null ? verb : `${group} ${verb}`}`;
}

/** The anchor that GitHub gives the heading. */
function anchorOf(command: CataloguedCommand): string {
  return titleOf(command).replaceAll(' ', '-');
}
