import type { NotebookApi } from '../../src/domain/resource/notebook.js';
import type { Fault, FieldPath } from '../../src/simulator/faults/fault.js';
import type { Operation } from '../../src/simulator/operations.js';
import type { SimulatorOptions } from '../../src/simulator/options.js';
import type { TimeForms } from '../../src/simulator/time-forms.js';
import { currentNotebookPart, publicCurrentNotebookPart } from '../workflows/documents.js';
import type { Random } from './random.js';

/** The parts of a scenario that differ by API. */
interface ByApi {
  readonly workflowType: string;
  readonly notebookApi: NotebookApi;
  readonly deletesRunning: boolean;
  readonly document: Readonly<Record<string, unknown>>;
  readonly faults: readonly Fault[];
  readonly placed: NonNullable<SimulatorOptions['placed']>;
  readonly timeForms: TimeForms;
}

/** Draws whether a scenario uses the current notebook API: half of all scenarios do. */
export function withNotebookApi<Scenario extends ByApi>(scenario: Scenario, random: Random): Scenario {
  if (random.chance(0.5)) return scenario;
  const { document, faults, placed, timeForms } = scenario;
  const { notebooks = [], ...others } = placed;
  const autoStop = random.pick([{}, {}, { autoStop: '1h' }, { autoStop: 'never' }]);
  const notebook =
    scenario.workflowType === 'launchNotebook' ? publicCurrentNotebookPart(autoStop) : currentNotebookPart(autoStop);
  return {
    ...scenario,
    notebookApi: 'current',
    document: document.notebook === undefined ? document : { ...document, notebook },
    faults: faults.map((fault) => toCurrent(fault, random)),
    placed: { ...others, currentNotebooks: notebooks },
    timeForms: Object.fromEntries(Object.entries(timeForms).filter(([call]) => !call.startsWith('notebooks.'))),
    deletesRunning: random.chance(0.5),
  };
}

const operations: Readonly<Record<string, readonly Operation[]>> = {
  'notebooks.create': ['currentNotebooks.create'],
  'notebooks.list': ['currentNotebooks.list', 'currentNotebooks.listAll'],
  'notebooks.show': ['currentNotebooks.show'],
  'notebooks.delete': ['currentNotebooks.delete'],
  'notebooks.action': ['currentNotebooks.stop', 'currentNotebooks.start', 'currentNotebooks.renewLease'],
};

/** The members of a notebook of the historical API, and those that say the same in the current one. */
const fields: Readonly<Record<string, FieldPath>> = {
  creation_timestamp: 'create_at',
  'spec.annotations': 'lease',
  profile: 'image',
};

function toCurrent(fault: Fault, random: Random): Fault {
  const instead = operations[fault.operation];
  if (instead === undefined) return fault;
  const moved = { ...fault, operation: random.pick(instead) };
  if (!('paths' in moved)) return moved;
  return { ...moved, paths: moved.paths.map((path) => (typeof path === 'string' ? (fields[path] ?? path) : path)) };
}
