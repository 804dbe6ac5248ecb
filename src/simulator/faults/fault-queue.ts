import { covers, type Operation } from '../operations.js';
import { draw } from '../random.js';
import type {
  AnswerFault,
  DelayFault,
  FateFault,
  Fault,
  FaultReport,
  Faults,
  FaultTrigger,
  ShapeFault,
} from './fault.js';

/** What a call is about, for faults that name a resource or a state. */
export interface Subject {
  readonly ids: readonly string[];
  readonly state?: string;
}

/** One call, as the queue looks at it. */
export interface Occasion {
  readonly operation: Operation;
  readonly subjects: readonly Subject[];
  /** Collects the ids of the faults that acted. */
  readonly acted: string[];
}

type Group = 'answer' | 'delay' | 'fate' | 'shape';

interface Planned {
  readonly id: string;
  readonly fault: Fault;
  seen: number;
  hit: number;
}

/** Planned faults with their accounting. The chances come from the seed, so a run can be repeated. */
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
        `${id} ${fault.kind} on ${fault.operation}: hit ${hit} of ${wanted(fault) ?? 'at least 1'}, ${seen} matching calls`,
    );
    throw new Error(`planned faults were not hit:\n  ${lines.join('\n  ')}`);
  }

  /** The first fault that decides this call's answer; the others wait for the next call. */
  takeAnswer(occasion: Occasion): AnswerFault | undefined {
    return this.#take(occasion, isAnswer, 1)[0];
  }

  takeDelays(occasion: Occasion): DelayFault[] {
    return this.#take(occasion, isDelay);
  }

  takeFates(occasion: Occasion): FateFault[] {
    return this.#take(occasion, isFate);
  }

  takeShapes(occasion: Occasion): (ShapeFault & Pick<Fault, 'match'>)[] {
    return this.#take(occasion, isShape);
  }

  #take<F extends Fault>(occasion: Occasion, isWanted: (fault: Fault) => fault is F, most = Infinity): F[] {
    const taken: F[] = [];
    for (const planned of this.#planned) {
      const { fault } = planned;
      if (!isWanted(fault) || !covers(fault.operation, occasion.operation)) continue;
      if (!occasion.subjects.some((subject) => fits(fault, subject)) && fault.match !== undefined) continue;
      planned.seen += 1;
      if (taken.length >= most || !this.#isDue(planned)) continue;
      planned.hit += 1;
      occasion.acted.push(planned.id);
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

/** How often a fault must be hit; null when it may be any number above none. */
function wanted(fault: Fault): number | null {
  if (fault.times === 'always') return null;
  return fault.times ?? (fault.probability === undefined ? 1 : null);
}

function isAnswer(fault: Fault): fault is FaultTrigger & AnswerFault {
  return groupOf(fault) === 'answer';
}

function isDelay(fault: Fault): fault is FaultTrigger & DelayFault {
  return groupOf(fault) === 'delay';
}

function isFate(fault: Fault): fault is FaultTrigger & FateFault {
  return groupOf(fault) === 'fate';
}

function isShape(fault: Fault): fault is FaultTrigger & ShapeFault {
  return groupOf(fault) === 'shape';
}

function groupOf(fault: Fault): Group {
  switch (fault.kind) {
    case 'status':
    case 'hang':
    case 'lost':
    case 'halfBody':
    case 'throttle':
    case 'unauthorized':
    case 'forbidden':
      return 'answer';
    case 'deleteFails':
      return fault.how === 'reverts' ? 'fate' : 'answer';
    case 'delay':
      return 'delay';
    case 'unknownStatus':
    case 'missingFields':
    case 'nullFields':
      return 'shape';
    case 'listLag':
    case 'slowDelete':
    case 'soldOut':
    case 'partialNodes':
    case 'stuck':
    case 'creationFailed':
    case 'scalingFailed':
    case 'abnormal':
    case 'scopeFailed':
    case 'driverFlap':
    case 'notebookFailed':
    case 'notebookUnavailable':
      return 'fate';
  }
}

/** Whether a fault's match fits one resource; no match fits all. */
export function fits(fault: Pick<Fault, 'match'>, subject: Subject): boolean {
  const { name, state } = fault.match ?? {};
  if (name !== undefined && !subject.ids.includes(name)) return false;
  return state === undefined || subject.state === state;
}
