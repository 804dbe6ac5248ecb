import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { operationId } from '../../contract/ids.js';
import { specQuery } from '../../contract/messages.js';
import type { Spec } from '../../contract/spec.js';
import { describeDifferences, diffSpecs } from '../../spec/difference.js';
import { specHash } from '../../spec/hash.js';
import type { ActivityDeps } from '../deps.js';

/** Earlier runs that are asked, the newest first: each answer costs a replay. */
const mostRuns = 10;

/** Activities that say what a conflict is about. */
export function conflictActivities(deps: ActivityDeps) {
  const { workflow } = deps.temporal;

  /** Runs that may know the spec: the lease of the name, then the earlier ones of whoever asks. */
  async function* witnesses(name: string) {
    yield workflow.getHandle(operationId('lease', name));
    const { workflowExecution: asking } = activityInfo();
    let left = mostRuns;
    for await (const { workflowId, runId } of workflow.list({ query: `WorkflowId = '${asking?.workflowId}'` })) {
      if (left === 0) return;
      if (runId === asking?.runId) continue;
      left -= 1;
      yield workflow.getHandle(workflowId, runId);
    }
  }

  return {
    /**
     * What differs between the spec that an operation made something from, of which the marker tells the hash, and the one
     * asked for; null when nobody knows the former. Only the words of a failure hang on it: nobody is asked twice.
     */
    async describeOtherSpec({ asked, madeFrom }: { asked: Spec; madeFrom: string }): Promise<string | null> {
      try {
        for await (const witness of witnesses(asked.name)) {
          const spec = await witness.query<Spec | null>(specQuery.name).catch(() => null);
          cancellationSignal().throwIfAborted();
          if (spec !== null && specHash(spec) === madeFrom) return describeDifferences(diffSpecs(spec, asked));
        }
      } catch {
        cancellationSignal().throwIfAborted();
      }
      return null;
    },
  };
}
