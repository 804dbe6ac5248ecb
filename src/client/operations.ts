import { audits } from './audits.js';
import { changes } from './change.js';
import type { OperationsDeps } from './deps.js';
import { leaseCommands } from './lease-commands.js';
import { operatorCommands } from './operator-commands.js';
import { queries } from './queries.js';
import { creation } from './start.js';
import { sweeps } from './sweeps.js';
import { teardowns } from './teardown.js';

/**
 * Everything that people and programs can do with operations; each file describes its methods. A name means its open
 * run (teardown, else the operation, else the lease), else its newest closed one; a workflow id such as `pool/x` means
 * that workflow. Commands throw InvalidCommandError, OperationNotFoundError and OperationRefusedError, and return the
 * progress after them.
 */
export type Operations = ReturnType<typeof createOperations>;

export function createOperations(deps: OperationsDeps, close: () => Promise<void>) {
  return {
    ...queries(deps),
    ...creation(deps),
    ...operatorCommands(deps),
    ...leaseCommands(deps),
    ...teardowns(deps),
    ...changes(deps),
    ...audits(deps),
    ...sweeps(deps),
    /** Closes the connection; the operations continue. */
    close,
  };
}
