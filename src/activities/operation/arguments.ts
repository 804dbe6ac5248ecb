import type { ApplicationFailure } from '@temporalio/common';
import { makeFailure } from '../../contract/failures.js';
import { operationId } from '../../contract/ids.js';
import { type Identity, waitHeartbeatMs } from '../../contract/settings.js';
import { isCurrentNotebook, type Spec, type SpecKind } from '../../contract/spec.js';
import { cut, textLimits } from '../../domain/text.js';
import { type ArgumentKind, argumentProblems } from '../../spec/argument.js';
import { applyChanges, mayChange } from '../../spec/change.js';
import { checkSpec } from '../../spec/check.js';
import { ownerHash, specHash } from '../../spec/hash.js';
import { describeProblems, type SpecProblem } from '../../spec/problem.js';
import type { ActivityDeps } from '../deps.js';

export interface CheckedSpec {
  readonly spec: Spec;
  readonly specHash: string;
  /** Hash of the workflow id, in the marker. */
  readonly owner: string;
  readonly identity: Identity;
}

function identityOf(deps: ActivityDeps, name: string): Identity {
  const owner = (kind: 'env' | 'pool' | 'notebook') => ownerHash(operationId(kind, name));
  return {
    installation: deps.installation,
    projectId: deps.modelarts.projectId,
    owners: { env: owner('env'), pool: owner('pool'), notebook: owner('notebook') },
    settings: { ...deps.settings, waitHeartbeatMs: waitHeartbeatMs(deps.waitLoad.start()) },
  };
}

/** Checks and normalises the document of a run. Fails with `InvalidSpec` and every problem. */
export function checkDocument(
  deps: ActivityDeps,
  input: { readonly kind: SpecKind; readonly document: unknown; readonly workflowId: string },
): CheckedSpec {
  const checked = checkSpec(input.kind, input.document);
  if (!checked.ok) throw invalidSpec(checked.problems);
  const { spec } = checked;
  // The workflow id identifies the resources of a run, and keeps two runs of one name apart.
  const expected = operationId(operationKindOf[input.kind], spec.name);
  if (input.workflowId !== expected) {
    const message = `a run for ${spec.name} has the workflow id ${expected}, not ${input.workflowId}`;
    throw invalidSpec([{ path: 'name', message }]);
  }
  return {
    spec,
    specHash: specHash(spec),
    owner: ownerHash(input.workflowId),
    identity: identityOf(deps, spec.name),
  };
}

/** Activities that read only their input and this worker's settings. */
export function argumentActivities(deps: ActivityDeps) {
  return {
    /** Applies an operator's changes. Only the failed step and later ones may change. */
    async changeSpec(input: {
      kind: SpecKind;
      spec: Spec;
      step: 'pool' | 'notebook';
      changes: Readonly<Record<string, unknown>>;
    }): Promise<{ spec: Spec; specHash: string }> {
      const checked = applyChanges(input.kind, input.spec, input.changes, mayChange(input.step));
      if (!checked.ok) throw invalidSpec(checked.problems);
      const [before, after] = [input.spec.notebook, checked.spec.notebook];
      // What was created from the old spec would be looked for in the wrong API.
      if (before && after && isCurrentNotebook(before) !== isCurrentNotebook(after))
        throw invalidSpec([{ path: 'notebook', message: 'the notebook API cannot be changed any more' }]);
      return { spec: checked.spec, specHash: specHash(checked.spec) };
    },

    /** Checks the argument of a run that has no spec; fails with `InvalidSpec` and every problem listed. */
    async checkArgument(input: {
      kind: ArgumentKind;
      document: unknown;
      workflowId: string;
      /** The name that the run works on. */
      name: string;
    }): Promise<Identity> {
      const problems = argumentProblems(input.kind, input.document, input.workflowId);
      if (problems.length > 0) throw invalidSpec(problems, 'Fix the argument and run it again. Nothing was done.');
      return identityOf(deps, input.name);
    },

    /** The identity of this installation, for leases, which start without a check. */
    async identify(input: { name: string }): Promise<Identity> {
      return identityOf(deps, input.name);
    },
  };
}

const operationKindOf = {
  provisionPoolThenLaunchNotebook: 'env',
  provisionPool: 'pool',
  launchNotebook: 'notebook',
} as const;

/** Bounds the failure. A document with more problems is no spec. */
const problemsListed = 50;

export function invalidSpec(
  problems: readonly SpecProblem[],
  hint = 'Fix the spec and run it again. Nothing was created.',
): ApplicationFailure {
  const listed = problems.slice(0, problemsListed).map(
    ({ path, message }): SpecProblem => ({
      path: cut(path, textLimits.name),
      message: cut(message, textLimits.reason),
    }),
  );
  return makeFailure('InvalidSpec', describeProblems(problems), { hint, problems: listed });
}
