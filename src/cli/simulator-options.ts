import { access } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { SCENARIOS, type ScenarioName } from '../simulator/options.js';
import { UsageError } from './exit-codes.js';

/** The simulator's knobs as they are written on a command line. */
export interface SimulatorWords {
  readonly speed?: string;
  readonly seed?: string;
  readonly scenario?: ScenarioName;
}

/** Declares the options that `dev` and `simulator` share. */
export function addSimulatorOptions(command: Command): Command {
  return command
    .option('--speed <n>', 'simulated seconds per real second (default 1)')
    .option('--seed <n>', 'decides jitter, ids and chances (default 1)')
    .addOption(new Option('--scenario <name>', 'how the service behaves').choices([...SCENARIOS]));
}

/** Reads the shared options; what was not given is left out. */
export function readSimulatorOptions({ speed, seed, scenario }: SimulatorWords): {
  speed?: number;
  seed?: number;
  scenario?: ScenarioName;
} {
  return {
    ...(speed === undefined ? {} : { speed: readSpeed(speed) }),
    ...(seed === undefined ? {} : { seed: readWhole('--seed', seed, Number.MAX_SAFE_INTEGER) }),
    ...(scenario === undefined ? {} : { scenario }),
  };
}

/** Reads a port; 0 takes any free one. */
export function readPort(option: string, text: string): number {
  return readWhole(option, text, 65_535);
}

/** A file that is only written at the end would be missed when all that it should hold is lost. */
export async function requireFolder(option: string, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const folder = path.dirname(path.resolve(file));
  await access(folder).catch(() => {
    throw new UsageError(`${option} ${file}: there is no folder ${folder}`);
  });
}

/** A clock that runs faster would leave the range of dates within days. */
const highestSpeed = 1_000_000;

function readSpeed(text: string): number {
  const speed = Number(text);
  if (/^\d*\.?\d+$/.test(text) && speed > 0 && speed <= highestSpeed) return speed;
  throw new UsageError(`--speed ${text}: expected a number above 0, at most ${highestSpeed}`);
}

function readWhole(option: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= most) return number;
  throw new UsageError(`${option} ${text}: expected a whole number from 0 to ${most}`);
}
