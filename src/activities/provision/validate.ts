import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { isCurrentNotebook, type NotebookSpec, type Spec, type SpecKind } from '../../contract/spec.js';
import { poolChoices } from '../../domain/provision/pool-choices.js';
import { type FlavorFacts, flavorsOf } from '../../domain/resource/flavor.js';
import { chooseImage } from '../../domain/resource/image.js';
import { readSpecFacts } from '../../inventory/spec-facts.js';
import { linkSignals } from '../../modelarts/timing.js';
import { checkFeasibility } from '../../spec/feasibility.js';
import type { ActivityDeps } from '../deps.js';
import { asFailure, rethrowBug } from '../failures.js';
import { findLease, type LeasedBefore } from '../lease/transfer.js';
import { type CheckedSpec, checkDocument, invalidSpec } from '../operation/arguments.js';
import { checkNotebookApi } from '../resource/notebook-apis.js';

/** A checked document, and what was found before anything is created. */
export interface Validated extends CheckedSpec {
  readonly before: LeasedBefore;
  /** True when the service was asked too, and accepts the spec. */
  readonly isFeasible: boolean;
  /** The sale status of the flavors of the spec, if it was read; a flavor that is not listed is missing. */
  readonly flavors: readonly FlavorFacts[] | null;
  /** The id of the image that the spec names, if it was read. */
  readonly imageId: string | null;
}

type ReadBefore = Pick<Validated, 'flavors' | 'imageId'>;
const nothingRead: ReadBefore = { flavors: null, imageId: null };

/**
 * How long the service may take in the activity that also checks the document. Until that ends, the run has no spec to
 * show.
 */
const firstChecksMs = 5_000;

/** Activities that ask, before anything is created, whether it can succeed. */
export function validationActivities(deps: ActivityDeps) {
  async function checkService(spec: Spec, signal: AbortSignal): Promise<ReadBefore> {
    const { pool, notebook } = spec;
    const { network } = pool ?? {};
    // Alone, because several calls at once with a wrong token could get it locked.
    if (network !== undefined) await orFailure(deps.modelarts.networks.show(network, { signal }));
    const checks = await Promise.allSettled([
      notebook === undefined ? null : orFailure(checkNotebookApi(deps, apiQuestion(notebook), { signal })),
      checkFacts(spec, signal),
    ]);
    const failures = checks.flatMap((check): unknown[] => (check.status === 'rejected' ? [check.reason] : []));
    // A permanent failure is reported even if another check got no response.
    const first = failures.find(isFinal) ?? failures[0];
    if (first !== undefined) throw first;
    const [, read] = checks;
    return read.status === 'fulfilled' ? read.value : nothingRead;
  }

  async function checkFacts(spec: Spec, signal: AbortSignal): Promise<ReadBefore> {
    const facts = await orFailure(readSpecFacts(deps.modelarts, spec, signal));
    const { problems } = checkFeasibility(spec, facts);
    if (problems.length > 0) throw invalidSpec(problems);
    const { pool, notebook } = spec;
    const names = pool === undefined ? [] : flavorsOf(poolChoices(pool));
    const flavors = facts.flavors?.filter(({ name }) => names.includes(name)) ?? null;
    const isNamed = notebook !== undefined && isCurrentNotebook(notebook) && facts.images !== null;
    const image = isNamed ? chooseImage(facts.images, notebook.image) : '';
    return { flavors, imageId: typeof image === 'string' ? null : image.id };
  }

  /** Not feasible without a good answer in time. `checkService` then reports why. */
  async function feasibility(spec: Spec): Promise<ReadBefore & Pick<Validated, 'isFeasible'>> {
    const limit = new AbortController();
    const either = linkSignals([limit.signal, cancellationSignal()]);
    deps.sleep(firstChecksMs, limit.signal).then(
      () => limit.abort(),
      () => undefined,
    );
    try {
      return { isFeasible: true, ...(await checkService(spec, either.signal)) };
    } catch (error) {
      rethrowBug(error);
      return { isFeasible: false, ...nothingRead };
    } finally {
      either.unlink();
      limit.abort();
    }
  }

  return {
    /**
     * Checks and normalises the document of a run, that its name is not being torn down, and what it refers to. Fails
     * with `InvalidSpec` and every problem, or with `SpecConflict`. Where a lease owns the name, the service is not
     * asked: the resources may exist already.
     */
    async validate(input: { kind: SpecKind; document: unknown; workflowId: string }): Promise<Validated> {
      const checked = checkDocument(deps, input);
      const { spec, specHash } = checked;
      const before = await findLease(deps, { name: spec.name, specHash });
      if (before.leased !== null) return { ...checked, before, isFeasible: false, ...nothingRead };
      return { ...checked, before, ...(await feasibility(spec)) };
    },

    /**
     * Fails when the account lacks the network or the notebook API of the spec, or with `InvalidSpec` and every problem
     * listed when the run would fail after it has created something.
     */
    async checkService({ spec }: { spec: Spec }): Promise<void> {
      await checkService(spec, cancellationSignal());
    },
  };
}

function apiQuestion(notebook: NotebookSpec) {
  return {
    workspaceId: notebook.workspaceId ?? null,
    api: isCurrentNotebook(notebook) ? 'current' : 'historical',
  } as const;
}

function isFinal(failure: unknown): boolean {
  return failure instanceof ApplicationFailure && failure.nonRetryable === true;
}

async function orFailure<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw asFailure(error);
  }
}
