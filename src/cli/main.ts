import { Command, CommanderError } from 'commander';
import { visibleText } from '../domain/visible-text.js';
import { version } from '../modelarts/user-agent.js';
import { exitProcess, flush } from '../worker/flush.js';
import { readCatalogue } from './catalogue.js';
import type { Run } from './command.js';
import { type CommandEntry, commandEntries, nounSummaries } from './commands.js';
import { namesCommand, printNames } from './completion/names.js';
import { describeError, type ExitCode, exitCodeOf, exitCodes, exitCodesHelp } from './exit-codes.js';
import { addCommonOptions } from './options.js';
import { localTimes } from './output/time.js';
import { watchOutput } from './process.js';
import { processTerminal, type Terminal } from './terminal.js';

/** How long a command may take to wind up after Ctrl-C before the process ends anyway. */
const windUpMs = 1_000;
const promptMs = 20;

/** Runs one command line and sets the process's exit code; called by `bin/maops.js`. */
export async function main(argv: readonly string[]): Promise<void> {
  const words = argv.slice(2);
  let ended: ExitCode | null = null;
  watchOutput(() => ended, findEntry(wordsOf(words))?.ownsSignals === true);
  const code = await runCommandLine(words, processTerminal());
  ended = code;
  process.exitCode = code;
  // However slow the reader is: what it has not read yet would be lost with the process.
  await flush(process.stdout, process.stderr);
  // Only fires if something left open still keeps the process alive.
  // A connection that is given up still tries: somebody who has pressed Tab does not wait for that.
  setTimeout(() => void exitProcess(code), words[0] === namesCommand ? promptMs : windUpMs).unref();
}

/** Runs the words after `maops` on a terminal and answers the exit code. */
export async function runCommandLine(given: readonly string[], terminal: Terminal): Promise<ExitCode> {
  // Node.js has put U+FFFD for what it could not decode; it would be sent, and kept, like that.
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
  const program = await buildProgram(terminal, entry, (command) => async (work) => {
    const { json = false, debug = false } = command.opts<{ json?: boolean; debug?: boolean }>();
    code = await perform(terminal, { json, debug, ownsSignals: entry?.ownsSignals === true }, async (context) => {
      // `doctor` reports it with everything else that is wrong.
      if (entry?.verb !== 'doctor') (await import('../config.js')).refuseQuotes();
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

/** `help env create` means the help of that command, which commander alone would not find below a noun. */
function wordsOf(given: readonly string[]): readonly string[] {
  const [help, ...asked] = given;
  if (help !== 'help' || asked.length === 0) return given;
  const isNoun = asked.length === 1 && Object.hasOwn(nounSummaries, asked[0] ?? '');
  // What is no command is refused as it is without `help`: the help of everything would look like its own.
  return isNoun || findEntry(asked) !== null ? [...asked, '--help'] : asked;
}

/** Declares every command by name, and loads the one that was asked for: start-up stays quick. */
async function buildProgram(
  terminal: Terminal,
  asked: CommandEntry | null,
  runOf: (command: Command) => Run,
): Promise<Command> {
  const program = configure(new Command('maops'), terminal);
  program
    .description('Long ModelArts operations as durable Temporal workflows.')
    .version(version, '-V, --version', 'print the version')
    .addHelpText('after', '\nSee also: `maops help exit-codes`.');
  const nouns = new Map<string, Command>();
  for (const entry of commandEntries) {
    const parent =
      entry.noun === null ? program : (nouns.get(entry.noun) ?? addNoun(program, nouns, entry.noun, terminal));
    const command = configure(parent.command(entry.verb), terminal).summary(entry.summary).description(entry.summary);
    // A command of its own may have others below it, as `audit` and `audit adopt`.
    if (entry.noun === null) nouns.set(entry.verb, command);
    if (entry !== asked) continue;
    const define = await entry.load();
    define(command, runOf(command), readCatalogue);
    addCommonOptions(command);
  }
  return program;
}

function addNoun(program: Command, nouns: Map<string, Command>, noun: string, terminal: Terminal): Command {
  const command = configure(program.command(noun), terminal).description(nounSummaries[noun] ?? noun);
  nouns.set(noun, command);
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

/** The parser repeats a value that is not possible, however long it is. */
function shortened(text: string): string {
  return text.replace(/(argument '.{80}).*(' is invalid\. )/s, '$1…$2');
}

/** The command that the words name, whatever options stand between them. */
function findEntry(words: readonly string[]): CommandEntry | null {
  const [first, second] = words.filter((word) => !word.startsWith('-') && word !== 'help');
  const isVerbOf = (noun: string | null) => (entry: CommandEntry) =>
    entry.noun === noun && entry.verb === (noun === null ? first : second);
  return commandEntries.find(isVerbOf(first ?? null)) ?? commandEntries.find(isVerbOf(null)) ?? null;
}

interface PerformOptions {
  readonly json: boolean;
  readonly debug: boolean;
  /** True for commands that run until they are told to stop: they end gracefully by themselves. */
  readonly ownsSignals: boolean;
}

async function perform(terminal: Terminal, options: PerformOptions, work: Parameters<Run>[0]): Promise<ExitCode> {
  const interrupt = new AbortController();
  // Loaded here because the Temporal client makes up most of the start-up time, and help needs none of it.
  const { openContext } = await import('./context.js');
  const open = openContext({ terminal, json: options.json, debug: options.debug, interrupted: interrupt.signal });
  // Said after the work has wound up: a live block that is drawn once more would wipe it out.
  let isSaid = false;
  const sayInterrupted = () => {
    if (!isSaid) terminal.stderr.write(`\n${open.interruption()}\n`);
    isSaid = true;
    return exitCodes.interrupted;
  };
  const onSigint = () => {
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
    interrupt.abort();
    setTimeout(() => void exitProcess(sayInterrupted()), windUpMs).unref();
  };
  // Not `once`: what hides the cursor on a terminal kills the process when it finds no other listener.
  if (!options.ownsSignals) process.on('SIGINT', onSigint);
  try {
    const code = await work(open.context);
    return interrupt.signal.aborted ? sayInterrupted() : code;
  } catch (error) {
    if (interrupt.signal.aborted) return sayInterrupted();
    terminal.stderr.write(visibleText(localTimes(describeError(error, options.debug), terminal.timeZone)));
    return exitCodeOf(error);
  } finally {
    process.removeListener('SIGINT', onSigint);
    await open.close();
  }
}
