import { type Define, example } from '../command.js';
import { exitCodes, SilentExit } from '../exit-codes.js';

/** `maops worker`: one worker process, until SIGTERM or Ctrl-C. Its settings come from the environment. */
const worker: Define = (command, run) => {
  command
    .addHelpText('after', example('maops worker', 'MAOPS_LOG=json MAOPS_HEALTH_ADDRESS=0.0.0.0:8080 maops worker'))
    .action(() =>
      run(async () => {
        const { workerMain } = await import('../../worker.js');
        const code = await workerMain();
        if (code === 0) return exitCodes.done;
        // The worker has logged the reason.
        throw new SilentExit(code === 2 ? exitCodes.usage : exitCodes.failed);
      }),
    );
};

export const commands = { worker };
