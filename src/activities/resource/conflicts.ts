import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { operationId } from '../../contract/ids.js';
import { specQuery } from '../../contract/messages.js';
import type { Spec } from '../../contract/spec.js';
import { describeDifferences, diffSpecs } from '../../spec/difference.js';
import { specHash } from '../../spec/hash.js';
import type { ActivityDeps } from '../deps.js';
import { rethrowBug } from '../failures.js';

/** Number of earlier runs that are queried, newest first. Each answer costs a replay. */
const mostRuns = 10;

/** Activities that describe a conflict. */
export function conflictActivities(deps: ActivityDeps) {
  const { workflow } = deps.temporal;

  /** Runs that may know the spec: the lease of the name, then earlier runs of the calling workflow. */
  async function* runsThatMayKnow(name: string) {
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
     * The difference between the spec of an existing resource, known by its hash in the marker, and the requested one;
     * null when no run knows the former. It only makes a failure message better, so each run is queried once.
     */
    async describeOtherSpec({ asked, madeFrom }: { asked: Spec; madeFrom: string }): Promise<string | null> {
      try {
        for await (const run of runsThatMayKnow(asked.name)) {
          const spec = await run.query<Spec | null>(specQuery.name).catch(() => null);
          cancellationSignal().throwIfAborted();
          if (spec !== null && specHash(spec) === madeFrom) return describeDifferences(diffSpecs(spec, asked));
        }
      } catch (error) {
        rethrowBug(error);
        cancellationSignal().throwIfAborted();
      }
      return null;
    },
  };
}
