import { OperationRefusedError } from '../../client/errors.js';
import type { DevPlace } from '../../dev/dev.js';
import { freePort } from '../../dev/free-port.js';
import { type Define, example } from '../command.js';
import { noText } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { readPort } from '../options.js';
import { untilStopped } from '../process.js';
import {
  addSimulatorOptions,
  readSimulatorOptions,
  requireFolder,
  requireRecording,
  type SimulatorWords,
} from './simulator.js';

interface Options extends SimulatorWords {
  readonly uiPort?: string;
  readonly db?: string;
}

/** `maops dev`: a Temporal server with UI, a simulator and a worker in one process, until a signal. */
const dev: Define = (command, run) => {
  addSimulatorOptions(command)
    .option('--ui-port <port>', 'port of the Temporal UI (default 8233, or any free one)')
    .option('--db <file>', "keep workflows in this file, and the simulator's state beside it (default: in memory)")
    .addHelpText('after', example('maops dev --speed 60', 'maops dev --db dev.db --scenario sold-out --seed 7'))
    .action((options: Options) =>
      run(async (context) => {
        const { runDev } = await import('../../dev/dev.js');
        const { createLogger } = await import('../../worker/logging.js');
        const logger = createLogger({ level: context.debug ? 'debug' : 'warn' });
        const choices = {
          ...readSimulatorOptions(options),
          ...(options.uiPort === undefined ? {} : { uiPort: readPort('--ui-port', options.uiPort) }),
          ...(options.db === undefined ? {} : { dbFile: options.db }),
        };
        await requireRecording(options.from);
        await checkPlaces(choices);
        const print = (line: string) => (context.json ? context.notice(line) : context.result(line, (shown) => shown));
        const onReady = (place: DevPlace) => {
          if (context.json) context.result(place, noText);
        };
        await untilStopped((signal) => runDev({ ...choices, logger, print, onReady, signal }));
        return exitCodes.done;
      }),
    );
};

/** Checks the port and the file first, because a server that cannot start would be built anew, which takes minutes. */
async function checkPlaces({ uiPort, dbFile }: { uiPort?: number; dbFile?: string }): Promise<void> {
  await requireFolder('--db', dbFile);
  if (uiPort === undefined || uiPort === 0) return;
  await freePort(uiPort).catch((cause: unknown) => {
    throw new OperationRefusedError(`--ui-port ${uiPort}: the port is in use`, {
      hint: 'Choose another port, or leave the option out to use any free one.',
      cause,
    });
  });
}

export const commands = { dev };
