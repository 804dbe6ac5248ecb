import { changeId } from '../contract/ids.js';
import type { ChangeInput } from '../contract/workflows.js';
import { type Fields, isFields } from '../spec/finding.js';
import type { ChangeOptions, OperationHandle } from './api-types.js';
import { type CommandContext, signatureOf } from './command.js';
import { OperationRefusedError } from './errors.js';

/** Methods that change one resource. */
export function changes(context: CommandContext) {
  const { runs } = context;
  return {
    /**
     * Starts, stops or renews a notebook, protects or unprotects an environment. Joins the same change when it is open;
     * throws OperationRefusedError for another one.
     */
    async change(
      kind: ChangeInput['kind'],
      name: string,
      wanted: ChangeInput['change'],
      options: ChangeOptions,
    ): Promise<OperationHandle> {
      const workflowId = changeId(kind, name);
      const { duration } = options;
      const argument: ChangeInput = {
        kind,
        name,
        change: wanted,
        ...(duration === undefined ? {} : { duration }),
        ...signatureOf(context, options),
      };
      const summary = `${wanted} ${kind} ${name}`;
      const { runId } = await runs.start({ type: 'changeResource', workflowId, argument, memo: {}, summary });
      const started = await runs.argument(workflowId, runId);
      const open = isFields(started) ? started : {};
      if (open.change === wanted && open.duration === duration) return { workflowId, runId };
      throw new OperationRefusedError(`${summary}: another change is running (${describeOpen(open)})`, {
        hint: `Wait for its end: \`maops env watch ${workflowId}\`.`,
      });
    },
  };
}

function describeOpen({ change: verb = 'change', duration }: Fields): string {
  return typeof duration === 'string' ? `${String(verb)} for ${duration}` : String(verb);
}
