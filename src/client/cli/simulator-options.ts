import { access } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { SCENARIOS, type ScenarioName } from '../../simulator/options.js';
import { UsageError } from './exit.js';

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
    ...(speed === undefined ? {} : { speed: readNumber('--speed', speed, Number.MIN_VALUE) }),
    ...(seed === undefined ? {} : { seed: readNumber('--seed', seed, 0) }),
    ...(scenario === undefined ? {} : { scenario }),
  };
}

/** Reads a port; 0 takes any free one. */
export function readPort(option: string, text: string): number {
  const port = readNumber(option, text, 0);
  if (!Number.isInteger(port) || port > 65_535)
    throw new UsageError(`${option} ${text}: a port is a whole number up to 65535`);
  return port;
}

/** A file that is only written at the end would be missed when all that it should hold is lost. */
export async function requireFolder(option: string, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const folder = path.dirname(path.resolve(file));
  await access(folder).catch(() => {
    throw new UsageError(`${option} ${file}: there is no folder ${folder}`);
  });
}

function readNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < least) {
    throw new UsageError(`${option} ${text}: expected a number${least === 0 ? ' from 0 up' : ' above 0'}`);
  }
  return number;
}
