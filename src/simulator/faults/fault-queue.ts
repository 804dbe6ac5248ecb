import { covers, type Operation } from '../operations.js';
import { draw } from '../random.js';
import type {
  DelayFault,
  Fault,
  FaultKind,
  FaultReport,
  Faults,
  FaultTrigger,
  OutcomeFault,
  ResponseFault,
  ShapeFault,
} from './fault.js';

/** A resource that a fault may match by name or state. */
export interface FaultTarget {
  readonly ids: readonly string[];
  readonly state?: string;
}

/** One call, for matching faults. */
export interface FaultContext {
  readonly operation: Operation;
  readonly targets: readonly FaultTarget[];
  /** Collects the ids of the faults that were applied. */
  readonly applied: string[];
}

type Group = 'response' | 'delay' | 'outcome' | 'shape';

interface Planned {
  readonly id: string;
  readonly fault: Fault;
  seen: number;
  hit: number;
}

/** The planned faults and their counts. Probabilities are derived from the seed, so a run can be repeated. */
export class FaultQueue implements Faults {
  #planned: Planned[] = [];
  #sequence = 0;

  constructor(private readonly seed: number) {}

  plan(...faults: readonly Fault[]): string[] {
    return faults.map((fault) => {
      this.#sequence += 1;
      const id = `fault-${this.#sequence}`;
      this.#planned.push({ id, fault, seen: 0, hit: 0 });
      return id;
    });
  }

  report(): FaultReport[] {
    return this.#planned.map(({ id, fault, seen, hit }) => ({ id, fault, planned: wanted(fault), seen, hit }));
  }

  clear(): void {
    this.#planned = [];
  }

  expectAllHit(): void {
    const missed = this.#planned.filter(({ fault, hit }) => fault.optional !== true && hit < (wanted(fault) ?? 1));
    if (missed.length === 0) return;
    const lines = missed.map(
      ({ id, fault, seen, hit }) =>
        `${id} ${fault.kind} on ${fault.operation}: applied ${hit} of ${wanted(fault) ?? 'at least 1'} times, ${seen} matching calls`,
    );
    throw new Error(`planned faults were not applied as often as planned:\n  ${lines.join('\n  ')}`);
  }

  /** The first fault that decides the response of this call. Others wait for the next call. */
  takeResponse(context: FaultContext): ResponseFault | undefined {
    return this.#take(context, isResponse, 1)[0];
  }

  takeDelays(context: FaultContext): DelayFault[] {
    return this.#take(context, isDelay);
  }

  takeOutcomes(context: FaultContext): OutcomeFault[] {
    return this.#take(context, isOutcome);
  }

  takeShapes(context: FaultContext): (ShapeFault & Pick<Fault, 'match'>)[] {
    return this.#take(context, isShape);
  }

  #take<F extends Fault>(context: FaultContext, isWanted: (fault: Fault) => fault is F, most = Infinity): F[] {
    const taken: F[] = [];
    for (const planned of this.#planned) {
      const { fault } = planned;
      if (!isWanted(fault) || !covers(fault.operation, context.operation)) continue;
      if (!context.targets.some((target) => fits(fault, target)) && fault.match !== undefined) continue;
      planned.seen += 1;
      if (taken.length >= most || !this.#isDue(planned)) continue;
      planned.hit += 1;
      context.applied.push(planned.id);
      taken.push(fault);
    }
    return taken;
  }

  #isDue({ id, fault, seen, hit }: Planned): boolean {
    if (seen < (fault.nth ?? 1)) return false;
    if (fault.times !== 'always' && hit >= (fault.times ?? (fault.probability === undefined ? 1 : Infinity)))
      return false;
    return fault.probability === undefined || draw(this.seed, id, seen) < fault.probability;
  }
}

/** How often a fault must be applied; null for any number above zero. */
function wanted(fault: Fault): number | null {
  if (fault.times === 'always') return null;
  return fault.times ?? (fault.probability === undefined ? 1 : null);
}

/** `deleteFails` is an outcome when the deletion is accepted and undone later. */
const GROUPS: Readonly<Record<FaultKind, Group>> = {
  status: 'response',
  hang: 'response',
  lost: 'response',
  halfBody: 'response',
  throttle: 'response',
  unauthorized: 'response',
  forbidden: 'response',
  deleteFails: 'response',
  delay: 'delay',
  unknownStatus: 'shape',
  missingFields: 'shape',
  nullFields: 'shape',
  listLag: 'outcome',
  slowDelete: 'outcome',
  soldOut: 'outcome',
  partialNodes: 'outcome',
  stuck: 'outcome',
  creationFailed: 'outcome',
  scalingFailed: 'outcome',
  abnormal: 'outcome',
  scopeFailed: 'outcome',
  driverFlap: 'outcome',
  notebookFailed: 'outcome',
  notebookUnavailable: 'outcome',
};

function groupOf(fault: Fault): Group {
  return fault.kind === 'deleteFails' && fault.how === 'reverts' ? 'outcome' : GROUPS[fault.kind];
}

const isResponse = (fault: Fault): fault is FaultTrigger & ResponseFault => groupOf(fault) === 'response';
const isDelay = (fault: Fault): fault is FaultTrigger & DelayFault => groupOf(fault) === 'delay';
const isOutcome = (fault: Fault): fault is FaultTrigger & OutcomeFault => groupOf(fault) === 'outcome';
const isShape = (fault: Fault): fault is FaultTrigger & ShapeFault => groupOf(fault) === 'shape';

/** Whether a fault matches a resource. A fault without `match` matches all. */
export function fits(fault: Pick<Fault, 'match'>, target: FaultTarget): boolean {
  const { name, state } = fault.match ?? {};
  if (name !== undefined && !target.ids.includes(name)) return false;
  return state === undefined || target.state === state;
}
