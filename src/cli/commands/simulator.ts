import { access } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { SCENARIOS, type ScenarioName } from '../../simulator/options.js';
import { type Define, example } from '../command.js';
import { noText } from '../context.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { readPort, readWhole } from '../options.js';

interface Options extends SimulatorWords {
  readonly port?: string;
  readonly host?: string;
  readonly state?: string;
}

/** `maops simulator`: a simulated ModelArts, until a signal. */
const simulator: Define = (command, run) => {
  addSimulatorOptions(command)
    .option('--port <port>', 'port to listen on; 0 selects any free one (default 8790)')
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--state <file>', 'keep the state in this file across restarts')
    .addHelpText(
      'after',
      example('maops simulator --speed 60', 'maops simulator --port 8790 --scenario flaky-network --seed 7'),
    )
    .action((options: Options) =>
      run(async (context) => {
        await requireFolder('--state', options.state);
        await requireRecording(options.from);
        const { runSimulator } = await import('../../simulator/main.js');
        const started = await runSimulator({
          ...readSimulatorOptions(options),
          ...(options.port === undefined ? {} : { port: readPort('--port', options.port) }),
          ...(options.host === undefined ? {} : { host: options.host }),
          ...(options.state === undefined ? {} : { state: options.state }),
          log: (line) => (context.json ? context.notice(line) : context.result(line, (shown) => shown)),
        });
        if (context.json) context.result({ url: started.url, environment: started.environment }, noText);
        await started.stopped;
        return exitCodes.done;
      }),
    );
};

/** Options of the simulator as written on the command line. */
export interface SimulatorWords {
  readonly speed?: string;
  readonly seed?: string;
  readonly scenario?: ScenarioName;
  readonly from?: string;
}

/** Declares the options that `dev` and `simulator` share. */
export function addSimulatorOptions(command: Command): Command {
  return command
    .option('--speed <n>', 'simulated seconds per real second (default 1)')
    .option('--seed <n>', 'seed of all random values (default 1)')
    .option('--from <folder>', 'start with the resources that `maops doctor --probe --record` wrote to this folder')
    .addOption(new Option('--scenario <name>', 'how the service behaves').choices([...SCENARIOS]));
}

/** Reads the shared options that were given. */
export function readSimulatorOptions({ speed, seed, scenario, from }: SimulatorWords): {
  speed?: number;
  seed?: number;
  scenario?: ScenarioName;
  from?: string;
} {
  return {
    ...(speed === undefined ? {} : { speed: readSpeed(speed) }),
    ...(seed === undefined ? {} : { seed: readWhole('--seed', seed, Number.MAX_SAFE_INTEGER) }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(from === undefined ? {} : { from }),
  };
}

/** Checks the directory first, because the file is only written at the end. */
export async function requireFolder(option: string, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const folder = path.dirname(path.resolve(file));
  await access(folder).catch(() => {
    throw new UsageError(`${option} ${file}: no such directory: ${folder}`);
  });
}

/** A folder without a recording is a mistake in the command. */
export async function requireRecording(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  await access(path.join(folder, 'recording.json')).catch(() => {
    throw new UsageError(`--from ${folder}: no recording. Write one with \`maops doctor --probe --record\`.`);
  });
}

/** A faster clock would leave the range of dates within days. */
const highestSpeed = 1_000_000;

function readSpeed(text: string): number {
  const speed = Number(text);
  if (/^\d*\.?\d+$/.test(text) && speed > 0 && speed <= highestSpeed) return speed;
  throw new UsageError(`--speed ${text}: must be a number above 0, at most ${highestSpeed}`);
}

export const commands = { simulator };
