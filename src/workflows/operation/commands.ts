import type { UpdateDefinition } from '@temporalio/common';
import { setHandler } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import type { Command, CommandAnswer } from '../../contract/messages.js';
import { problemOfCommand, readCommand } from '../../domain/command.js';
import { commandOfKey, keepKey } from '../../domain/command-keys.js';
import type { OperationState } from './state.js';

/** What a command needs of the operation that it is given to. */
interface Commanded {
  readonly state: OperationState;
  audit(verb: string, by: string, reason: string): void;
}

/** What a command does, and why the moment may not allow it. */
interface CommandRules<Given> {
  /** Null when the moment allows it. */
  readonly refusal: (command: Given) => string | null;
  /** Must not wait: the answer shows what stands right after it. */
  readonly act: (command: Given) => void;
}

/**
 * Handles an update that is an operator's command. The validator refuses what is not signed, what is too long and what does
 * not fit the moment. A command that is repeated under its key is answered and does nothing, whatever the moment is.
 */
export function handleCommand<Given extends Command>(
  op: Commanded,
  update: UpdateDefinition<CommandAnswer, [Given]>,
  rules: CommandRules<Given>,
): void {
  handleCommandWith(op, update, rules, (answer) => answer);
}

/** As `handleCommand`, for a command that answers more than where the operation stands. */
export function handleCommandWith<Given extends Command, Answer extends CommandAnswer>(
  op: Commanded,
  update: UpdateDefinition<Answer, [Given]>,
  { refusal, act }: CommandRules<Given>,
  answerWith: (answer: CommandAnswer) => Answer,
): void {
  const commandOf = (key: string | null | undefined) => (key == null ? null : commandOfKey(op.state.keys, key));
  setHandler(
    update,
    (command) => {
      const { key } = command;
      if (commandOf(key) !== update.name) {
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
        const before = commandOf(command.key);
        if (before === update.name) return;
        const why = before === null ? refusal(command) : `the key ${command.key} was already used for ${before}`;
        if (why !== null) throw makeFailure('RequestRejected', why);
      },
    },
  );
}

/**
 * Acts on a signal that is an operator's command, unless it is repeated under its key. A signal cannot be refused: one with
 * the key of another command shows in the audit.
 */
export function heed(
  op: Commanded,
  verb: 'pause' | 'resume',
  command: Parameters<typeof readCommand>[0],
  act: (by: string, reason: string) => void,
): void {
  const { by, reason, key } = readCommand(command);
  const { keys } = op.state;
  const before = key === null ? null : commandOfKey(keys, key);
  if (before === verb) return;
  if (before !== null) {
    op.audit('refuse', by, `${verb}: the key ${key} was already used for ${before}`);
    return;
  }
  if (key !== null) op.state.keys = keepKey(keys, verb, key);
  act(by, reason);
}
