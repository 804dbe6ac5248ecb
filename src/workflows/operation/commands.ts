import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { setHandler } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import type { Command, CommandAnswer } from '../../contract/messages.js';
import { problemOfCommand, readCommand } from '../../domain/command.js';
import { commandOfKey, keepKey } from '../../domain/command-keys.js';
import type { OperationState } from './state.js';

/** The part of an operation that a command changes. */
interface Commanded {
  readonly state: OperationState;
  audit(verb: string, by: string, reason: string): void;
}

/** The effect of a command, and the states that refuse it. */
interface CommandRules<Given> {
  /** Why the present state refuses the command; null when it allows it. */
  readonly refusal: (command: Given) => string | null;
  /** Must not wait: the result shows the state right after it. */
  readonly act: (command: Given) => void;
}

/**
 * Handles an update that is an operator's command. The validator refuses a command that is unsigned, too long or not
 * allowed now. A command that is repeated with its key returns the result again, without an effect.
 */
export function handleCommand<Given extends Command>(
  op: Commanded,
  update: UpdateDefinition<CommandAnswer, [Given]>,
  rules: CommandRules<Given>,
): void {
  handleCommandWith(op, update, rules, (answer) => answer);
}

/** Like `handleCommand`, for a command whose result has more fields. */
export function handleCommandWith<Given extends Command, Answer extends CommandAnswer>(
  op: Commanded,
  update: UpdateDefinition<Answer, [Given]>,
  { refusal, act }: CommandRules<Given>,
  answerWith: (answer: CommandAnswer) => Answer,
): void {
  const previousCommand = (key: string | null | undefined) => (key == null ? null : commandOfKey(op.state.keys, key));
  setHandler(
    update,
    (command) => {
      const { key } = command;
      if (previousCommand(key) !== update.name) {
        act(command);
        if (key != null) op.state.keys = keepKey(op.state.keys, update.name, key);
      }
      const { workflowId, phase, awaiting, lease } = op.state.progress;
      return answerWith({ workflowId, phase, awaiting, lease });
    },
    {
      validator: (command) => {
        const problem = problemOfCommand(command);
        if (problem !== null) throw makeFailure('RequestRejected', problem);
        const before = previousCommand(command.key);
        if (before === update.name) return;
        const why = before === null ? refusal(command) : `the key ${command.key} was already used for ${before}`;
        if (why !== null) throw makeFailure('RequestRejected', why);
      },
    },
  );
}

/**
 * Handles a signal that is an operator's command, once per key. A signal cannot be refused, so a key of another command
 * is recorded in the audit.
 */
export function handleSignal<Given extends Partial<Command>>(
  op: Commanded,
  signal: SignalDefinition<[Given]>,
  act: (by: string, reason: string) => void,
): void {
  setHandler(signal, (command) => {
    const { by, reason, key } = readCommand(command);
    const { keys } = op.state;
    const before = key === null ? null : commandOfKey(keys, key);
    if (before === signal.name) return;
    if (before !== null) {
      op.audit('refuse', by, `${signal.name}: the key ${key} was already used for ${before}`);
      return;
    }
    if (key !== null) op.state.keys = keepKey(keys, signal.name, key);
    act(by, reason);
  });
}
