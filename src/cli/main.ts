import { Command, CommanderError } from 'commander';
import { refuseQuotes } from '../config/quotes.js';
import { visibleText } from '../domain/visible-text.js';
import { version } from '../modelarts/user-agent.js';
import { exitProcess, flush } from '../worker/flush.js';
import { readCatalogue } from './catalogue.js';
import type { Run } from './command.js';
import { type CommandEntry, commandEntries, groupSummaries } from './commands.js';
import { namesCommand, printNames } from './completion/names.js';
import { openContext } from './context.js';
import { describeError, type ExitCode, exitCodeOf, exitCodes, exitCodesHelp } from './exit-codes.js';
import { addCommonOptions } from './options.js';
import { hasTimes, localTimes } from './output/time.js';
import { watchOutput } from './process.js';
import { processTerminal, type Terminal } from './terminal.js';

/** How long a command may take to stop after Ctrl-C before the process exits anyway. */
const stopMs = 1_000;
/** The same for completion: a person who pressed Tab must not wait for a connection that is still being tried. */
const completionStopMs = 20;

/** This module as it was compiled, outside the bundle. */
type Unbundled = () => Promise<{ readonly runCommandLine: typeof runCommandLine }>;

/**
 * Runs one command line and sets the process's exit code; called by `bin/maops.js`. The bundle runs roles from the
 * compiled modules, because the worker has a native part, and shares its packages with our code.
 */
export async function main(argv: readonly string[], unbundled?: Unbundled): Promise<void> {
  const words = argv.slice(2);
  let ended: ExitCode | null = null;
  watchOutput(() => ended, findEntry(wordsOf(words))?.ownsSignals === true);
  const code = await runCommandLine(words, processTerminal(), unbundled);
  ended = code;
  process.exitCode = code;
  // Output that a slow reader has not taken yet would be lost with the process.
  await flush(process.stdout, process.stderr);
  // Exits if an open handle still keeps the process alive.
  setTimeout(() => void exitProcess(code), words[0] === namesCommand ? completionStopMs : stopMs).unref();
}

/** Runs the words after `maops` on a terminal and returns the exit code. */
export async function runCommandLine(
  given: readonly string[],
  terminal: Terminal,
  unbundled?: Unbundled,
): Promise<ExitCode> {
  // Node.js replaces bytes that it cannot decode by U+FFFD, which would be sent and recorded.
  const undecoded = given.find((word) => word.includes('\ufffd'));
  if (undecoded !== undefined) {
    terminal.stderr.write(`maops: ${visibleText(undecoded)}: this argument is not UTF-8\n`);
    return exitCodes.usage;
  }
  if (given[0] === 'help' && given[1] === 'exit-codes') {
    terminal.stdout.write(exitCodesHelp);
    return exitCodes.done;
  }
  if (given[0] === namesCommand) return await printNames(terminal, given[1]);
  const words = wordsOf(given);
  const entry = findEntry(words);
  let code: ExitCode = exitCodes.done;
  const program = buildProgram(terminal, entry, (command) => async (work) => {
    if (entry?.ownsSignals === true && unbundled !== undefined) {
      code = await (await unbundled()).runCommandLine(given, terminal);
      return;
    }
    const { json = false, debug = false } = command.opts<{ json?: boolean; debug?: boolean }>();
    code = await perform(terminal, { json, debug, ownsSignals: entry?.ownsSignals === true }, async (context) => {
      // `doctor` reports quoted values with everything else.
      if (entry?.verb !== 'doctor') refuseQuotes();
      return await work(context);
    });
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    throw error;
  }
}

/** Turns `help env create` into `env create --help`, because commander does not find a command below a group. */
function wordsOf(given: readonly string[]): readonly string[] {
  const [help, ...asked] = given;
  if (help !== 'help' || asked.length === 0) return given;
  const isGroup = asked.length === 1 && Object.hasOwn(groupSummaries, asked[0] ?? '');
  // An unknown command is refused as without `help`.
  return isGroup || findEntry(asked) !== null ? [...asked, '--help'] : asked;
}

/** Declares every command by name, and the one that was asked for completely, to start quickly. */
function buildProgram(terminal: Terminal, asked: CommandEntry | null, runOf: (command: Command) => Run): Command {
  const program = configure(new Command('maops'), terminal);
  program
    .description('Long ModelArts operations as durable Temporal workflows.')
    .version(version, '-V, --version', 'print the version')
    .addHelpText('after', '\nSee also: `maops help exit-codes`.');
  const groups = new Map<string, Command>();
  for (const entry of commandEntries) {
    const parent =
      entry.group === null ? program : (groups.get(entry.group) ?? addGroup(program, groups, entry.group, terminal));
    const command = configure(parent.command(entry.verb), terminal).summary(entry.summary).description(entry.summary);
    // `audit` is a command and a group: `audit adopt`.
    if (entry.group === null) groups.set(entry.verb, command);
    if (entry !== asked) continue;
    entry.define(command, runOf(command), readCatalogue);
    addCommonOptions(command);
  }
  return program;
}

function addGroup(program: Command, groups: Map<string, Command>, group: string, terminal: Terminal): Command {
  const command = configure(program.command(group), terminal).description(groupSummaries[group] ?? group);
  groups.set(group, command);
  return command;
}

function configure(command: Command, terminal: Terminal): Command {
  return command
    .exitOverride()
    .showHelpAfterError(`(see \`maops help\`, or the command's --help)`)
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(visibleText(text)),
      outputError: (text, write) => write(shortened(text.replace(/^error: /, 'maops: '))),
    });
}

/** Shortens an invalid value that the parser repeats in full. */
function shortened(text: string): string {
  return text.replace(/(argument '.{80}).*(' is invalid\. )/s, '$1…$2');
}

/** The command that the words name, with options anywhere between them. */
function findEntry(words: readonly string[]): CommandEntry | null {
  const [first, second] = words.filter((word) => !word.startsWith('-') && word !== 'help');
  const isVerbOf = (group: string | null) => (entry: CommandEntry) =>
    entry.group === group && entry.verb === (group === null ? first : second);
  return commandEntries.find(isVerbOf(first ?? null)) ?? commandEntries.find(isVerbOf(null)) ?? null;
}

interface PerformOptions {
  readonly json: boolean;
  readonly debug: boolean;
  /** True for roles, which run until a signal and stop gracefully by themselves. */
  readonly ownsSignals: boolean;
}

async function perform(terminal: Terminal, options: PerformOptions, work: Parameters<Run>[0]): Promise<ExitCode> {
  const interrupt = new AbortController();
  const open = openContext({ terminal, json: options.json, debug: options.debug, interrupted: interrupt.signal });
  // Printed after the work has stopped: a live block that is redrawn once more would erase it.
  let isPrinted = false;
  const printInterrupted = () => {
    if (!isPrinted) terminal.stderr.write(`\n${open.interruption()}\n`);
    isPrinted = true;
    return exitCodes.interrupted;
  };
  const onSigint = () => {
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
    interrupt.abort();
    setTimeout(() => void exitProcess(printInterrupted()), stopMs).unref();
  };
  // Not `once`: log-update's cursor handling kills the process when it finds no other listener.
  if (!options.ownsSignals) process.on('SIGINT', onSigint);
  try {
    const code = await work(open.context);
    return interrupt.signal.aborted ? printInterrupted() : code;
  } catch (error) {
    if (interrupt.signal.aborted) return printInterrupted();
    const text = describeError(error, options.debug);
    // Reading the time zone takes time, which most errors need not.
    terminal.stderr.write(visibleText(hasTimes(text) ? localTimes(text, terminal.timeZone) : text));
    return exitCodeOf(error);
  } finally {
    process.removeListener('SIGINT', onSigint);
    await open.close();
  }
}
