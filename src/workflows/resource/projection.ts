import type { NotebookProgress, PoolProgress } from '../../contract/progress.js';
import { isProtected } from '../../domain/resource/marker.js';
import type { NotebookFacts } from '../../domain/resource/notebook.js';
import { billedNodes, countNodes, type PoolFacts } from '../../domain/resource/pool.js';
import { isoTime } from '../../domain/rfc3339.js';

/** An observed pool as progress shows it. `wanted` is what the spec asks for, where there is one. */
export function observedPool(facts: PoolFacts, at: number, wanted = facts.wanted): PoolProgress {
  return {
    id: facts.id,
    phase: facts.phase,
    nodes: countNodes(facts, { nodes: wanted, scopes: [], driver: false }),
    scopes: facts.scopes,
    driver: facts.driver,
    flavors: billedNodes(facts),
    protected: isProtected(facts.description),
    observedAt: isoTime(at),
  };
}

/** An observed notebook as progress shows it. */
export function observedNotebook(facts: NotebookFacts, at: number): NotebookProgress {
  return {
    id: facts.id,
    status: facts.status,
    url: facts.url,
    autoStopAt: facts.autoStopAt,
    protected: isProtected(facts.description),
    observedAt: isoTime(at),
  };
}

/** A pool that is known by its id and was not observed yet. */
export function unobservedPool(id: string): PoolProgress {
  const nodes = { wanted: 0, available: 0, creating: 0, abnormal: 0 };
  return { id, phase: null, nodes, scopes: {}, driver: null, flavors: {}, protected: null, observedAt: null };
}

/** A notebook that is known by its id and was not observed yet. */
export function unobservedNotebook(id: string): NotebookProgress {
  return { id, status: null, url: null, autoStopAt: null, protected: null, observedAt: null };
}
