import type { Json } from '../json.js';
import type { World } from '../world.js';
import type { CurrentNotebookRecord } from './record.js';

const STEPS = ['create the storage', 'allocate compute resources', 'configure the network', 'initialize the instance'];

/**
 * The four steps of a creation or start, the last step first (docs/api/notebooks-current.md "3. The instance object").
 */
export function actionProgress(world: World, notebook: CurrentNotebookRecord): Json {
  const done = completedSteps(world, notebook);
  const steps = STEPS.map((description, index) => {
    const step = index + 1;
    return { step, status: stepStatus(step, done, notebook), description };
  });
  return steps.reverse();
}

function stepStatus(step: number, done: number, { status, failedStep }: CurrentNotebookRecord): string {
  if (step <= done) return 'COMPLETED';
  if (step === failedStep) return 'FAILED';
  return failedStep === undefined && step === done + 1 && status !== 'INIT' ? 'PROCESSING' : 'WAITING';
}

/** A notebook that is slower than usual stays in its last step. */
function completedSteps(world: World, notebook: CurrentNotebookRecord): number {
  const { status, statusSince, failedStep } = notebook;
  const { currentNotebookCreate, currentNotebookStart } = world.durations;
  const all = STEPS.length;
  const after = (duration: number) =>
    Math.min(all - 1, Math.floor((all * (world.clock.now() - statusSince)) / Math.max(1, duration)));
  switch (status) {
    case 'INIT':
      return 0;
    case 'CREATING':
      return after(currentNotebookCreate);
    case 'STARTING':
      return after(currentNotebookStart);
    case 'CREATE_FAILED':
    case 'START_FAILED':
      return (failedStep ?? all) - 1;
    default:
      return all;
  }
}
