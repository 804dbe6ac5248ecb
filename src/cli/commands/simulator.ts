import { type Define, example } from '../command.js';
import { noText } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import {
  addSimulatorOptions,
  readPort,
  readSimulatorOptions,
  requireFolder,
  type SimulatorWords,
} from '../simulator-options.js';

interface Options extends SimulatorWords {
  readonly port?: string;
  readonly host?: string;
  readonly state?: string;
}

/** `maops simulator`: a stateful ModelArts alone, until it is told to stop. */
export const simulator: Define = (command, run) => {
  addSimulatorOptions(command)
    .option('--port <port>', 'port to listen on; 0 takes any free one (default 8790)')
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--state <file>', 'keep the state in this file over restarts')
    .addHelpText(
      'after',
      example('maops simulator --speed 60', 'maops simulator --port 8790 --scenario flaky-network --seed 7'),
    )
    .action((options: Options) =>
      run(async (context) => {
        await requireFolder('--state', options.state);
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
