import { isEnding, phases } from '../../src/contract/phases.js';
import type { Progress } from '../../src/contract/progress.js';
import { progressKeys } from '../support/progress-keys.js';

/** Observes the progress of one workflow and reports its problems. */
export class ProgressJudge {
  private last: Progress | null = null;

  see(progress: Progress): string[] {
    const last = this.last;
    const { phase, percent, why } = progress;
    const problems: string[] = [];
    const wrong = (what: string) => problems.push(`progress of ${progress.workflowId}: ${what} (${phase}, ${why})`);
    const missing = progressKeys.filter((key) => !(key in progress));
    if (missing.length > 0) wrong(`lacks ${missing.join(', ')}`);
    if (!phases.includes(phase)) wrong(`unknown phase ${phase}`);
    if (!Number.isInteger(percent) || percent < 0 || percent > 100) wrong(`percent ${percent}`);
    if (why.includes('\n')) wrong('a why of several lines');
    if (isEnding(phase) !== (progress.endedAt !== null)) wrong(`endedAt ${progress.endedAt}`);
    if ((phase === 'Ready' || phase === 'Gone') && (percent !== 100 || progress.failure !== null)) {
      wrong(`percent ${percent} and failure ${progress.failure?.type}`);
    }
    if (last !== null && last.startedAt === progress.startedAt) {
      if (attempts(last) === attempts(progress) && percent < last.percent)
        wrong(`percent fell from ${last.percent} to ${percent}`);
      if (isEnding(last.phase) && last.phase !== phase) wrong(`left the ending ${last.phase}`);
    }
    this.last = progress;
    return problems;
  }
}

function attempts({ steps }: Progress): string {
  return steps.map(({ attempt = 0 }) => attempt).join();
}
