import type { Catalogue, CataloguedCommand } from './command.js';
import { exitCodesHelp } from './exit-codes.js';

/** The text of docs/cli.md: every command as it describes itself. */
export function commandLinePage({ nouns, commands: all }: Catalogue): string {
  const groups = new Map<string | null, CataloguedCommand[]>();
  for (const command of all) groups.set(command.noun, [...(groups.get(command.noun) ?? []), command]);
  const contents = [...groups].map(([noun, commands]) => {
    const links = commands.map((command) => `[${command.verb}](#${anchorOf(command)})`).join(', ');
    return noun === null
      ? `- roles and others: ${links}`
      : `- \`maops ${noun}\` (${nouns[noun] ?? 'below the command of that name'}): ${links}`;
  });
  return [head, contents.join('\n'), shared, ...[...groups.values()].flat().map(section), '']
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

const head = `# The command line

\`maops <noun> <verb>\`. Run it as \`npx maops …\` or \`node bin/maops.js …\` in a clone after \`npm ci\`, and as \`maops …\` once it is installed.
This page is generated from the commands by \`npx tsx scripts/cli-page.ts\`; a test compares it. \`maops help <noun> <verb>\` prints the same.`;

const shared = `## For every command

Results go to stdout, everything else to stderr. Without \`--json\` a result is text for people: tables, times in the local time zone with its name,
and progress that is redrawn on a terminal and one line per change elsewhere. Colours show on terminals only, and never when \`NO_COLOR\` is set.
Control characters in names, reasons and messages are shown (\`␛\` for ESC) and not sent to the terminal; \`--json\` has them as escapes.
A zone in \`TZ\` that is not known is replaced by UTC, with a note. Everything printed is written before the process ends. When the reader goes
away first (\`| head -1\`), a command ends with its own exit code if its work was done, else with 141.

| option | meaning |
|---|---|
| \`--json\` | print one JSON document (\`env watch\`: one JSON line per change); times are RFC 3339 UTC |
| \`--debug\` | show stack traces |
| \`-h\`, \`--help\` | explain the command |

An environment's NAME means its open run (its teardown, else the operation that makes it, else its lease), else the newest closed one. A workflow
id such as \`pool/training-pool\` means exactly that workflow.

Durations are a number with ms, s, m, h or d, such as \`90m\`, or several of them from the largest unit down, such as \`1h30m\`.

Files are UTF-8, YAML or JSON. Anchors and merge keys (\`<<\`) may be used; a file has one document and at most 64 levels.

### Exit codes

\`\`\`text
${exitCodesHelp.trimEnd()}
\`\`\`

### Variables

[configuration.md](configuration.md) lists every variable. Commands on operations need to reach Temporal: \`TEMPORAL_ADDRESS\`, \`TEMPORAL_NAMESPACE\`
and, where used, \`TEMPORAL_API_KEY\`, \`TEMPORAL_TLS_*\` or \`TEMPORAL_PROFILE\`; \`MAOPS_TASK_QUEUE\` when the workers have another queue than the default;
\`MAOPS_CODEC_KEYS\` when payloads are encrypted. \`MAOPS_ACTOR\` is who commands are by (default: the user of the operating system). Commands that read
the service (\`pool\`, \`notebook\`, \`flavor\`, \`network\`, the plan of a teardown) need the \`MODELARTS_*\` settings and credentials. \`maops doctor\` tries all of it.

### Completion

\`\`\`sh
source <(maops completion bash)                                  # bash, for this shell
maops completion zsh > ~/.zfunc/_maops                           # zsh, a folder of $fpath
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

/** `Example:` with its lines becomes a block of shell; anything else that stands there stays text. */
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

function titleOf({ noun, verb }: CataloguedCommand): string {
  return `maops ${noun === null ? verb : `${noun} ${verb}`}`;
}

/** As GitHub makes anchors of headings. */
function anchorOf(command: CataloguedCommand): string {
  return titleOf(command).replaceAll(' ', '-');
}
