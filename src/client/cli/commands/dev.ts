import { type Define, example } from '../command.js';
import { exitCodes } from '../exit.js';
import { addSimulatorOptions, readPort, readSimulatorOptions, type SimulatorWords } from '../simulator-options.js';
import { untilTold } from '../until-told.js';

interface Options extends SimulatorWords {
  readonly uiPort?: string;
  readonly db?: string;
}

/** `maops dev`: Temporal server with its UI, simulator and worker in one process, until it is told to stop. */
export const dev: Define = (command, run) => {
  addSimulatorOptions(command)
    .option('--ui-port <port>', 'port of the Temporal UI (default 8233, or any free one)')
    .option('--db <file>', "keep workflows in this file, and the simulator's state beside it (default: in memory)")
    .addHelpText('after', example('maops dev --speed 60', 'maops dev --db dev.db --scenario sold-out --seed 7'))
    .action((options: Options) =>
      run(async (context) => {
        const { runDev } = await import('../../../dev/dev.js');
        const { createLogger } = await import('../../../worker/logging.js');
        const logger = createLogger({ level: context.debug ? 'debug' : 'warn' });
        const choices = {
          ...readSimulatorOptions(options),
          ...(options.uiPort === undefined ? {} : { uiPort: readPort('--ui-port', options.uiPort) }),
          ...(options.db === undefined ? {} : { dbFile: options.db }),
        };
        const print = (line: string) => (context.json ? context.result({ line }, '') : context.result(null, line));
        await untilTold((signal) => runDev({ ...choices, logger, print, signal }));
        return exitCodes.done;
      }),
    );
};
