import { type Command, type Job, kindOf, millis } from './protocol.js';

/** A short label of a job, for traces and histories. */
export function nameOfJob(job: Job): string {
  if (job.initializeWorkflow) return 'start';
  if (job.signalWorkflow) return `signal ${job.signalWorkflow.signalName}`;
  if (job.doUpdate) return `update ${job.doUpdate.name}`;
  if (job.fireTimer) return `timer ${job.fireTimer.seq}`;
  if (job.resolveActivity) {
    const { result, seq } = job.resolveActivity;
    return `activity ${seq} ${result?.completed ? 'completed' : result?.cancelled ? 'cancelled' : 'failed'}`;
  }
  return kindOf(job);
}

/** A short label of a command. */
export function nameOfCommand(command: Command): string {
  if (command.scheduleActivity)
    return `schedule ${command.scheduleActivity.activityType} ${command.scheduleActivity.seq}`;
  if (command.requestCancelActivity) return `cancel activity ${command.requestCancelActivity.seq}`;
  if (command.startTimer) return `timer ${command.startTimer.seq} ${millis(command.startTimer.startToFireTimeout)} ms`;
  if (command.cancelTimer) return `cancel timer ${command.cancelTimer.seq}`;
  if (command.updateResponse) {
    const { accepted, rejected } = command.updateResponse;
    return `update ${accepted ? 'accepted' : rejected ? 'rejected' : 'completed'}`;
  }
  return kindOf(command);
}
