import { Argument } from 'commander';
import { type Define, example } from '../command.js';
import { bashCompletion } from '../completion/bash.js';
import { fishCompletion } from '../completion/fish.js';
import { zshCompletion } from '../completion/zsh.js';
import { exitCodes } from '../exit-codes.js';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
type Shell = keyof typeof shells;

/** `maops completion`: prints a script made from the catalogue. It asks maops for names when Tab is pressed. */
const completion: Define = (command, run, catalogue) => {
  command
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      example(
        'maops completion bash > ~/.local/share/bash-completion/completions/maops',
        'maops completion zsh > ~/.zfunc/_maops',
        'maops completion fish > ~/.config/fish/completions/maops.fish',
      ),
    )
    .action((shell: Shell) =>
      run(async (context) => {
        const script = shells[shell](catalogue());
        context.result({ shell, script }, (shown) => shown.script);
        return exitCodes.done;
      }),
    );
};

export const commands = { completion };
