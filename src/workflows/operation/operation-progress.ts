import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { isEnding, type Phase } from '../../contract/phases.js';
import type { FailureProgress, Progress, Step, StepName, StepState } from '../../contract/progress.js';
import {
  environmentAttribute,
  overdueAttribute,
  phaseAttribute,
  poolAttribute,
} from '../../contract/search-attributes.js';
import type { Identity } from '../../contract/settings.js';
import type { Spec } from '../../contract/spec.js';
import { addToAudit } from '../../domain/audit-trail.js';
import { oneLine } from '../../domain/command.js';
import type { Pace } from '../../domain/resource/observation.js';
import { cut, textLimits } from '../../domain/text.js';
import { boundedFailure } from './failure.js';
import { type OperationState, timeNow } from './state.js';

/** The state of an operation, and how it is shown: the query `progress`, the search attributes and the Temporal UI. */
export class OperationProgress<State extends OperationState = OperationState> {
  constructor(readonly state: State) {}

  get spec(): Spec {
    if (this.state.spec === null) throw new Error('The spec is read before it was checked.');
    return this.state.spec;
  }

  get identity(): Identity {
    if (this.state.identity === null) throw new Error('The identity is read before it was asked for.');
    return this.state.identity;
  }

  /** The pace of this run's waits: its own settings, whatever the worker's settings are now. */
  get pace(): Pace {
    const { pollMinMs, pollMaxMs, pollWindowMs, abnormalGraceMs } = this.identity.settings;
    return { pollMinMs, pollMaxMs, pollWindowMs, abnormalGraceMs };
  }

  get isPaused(): boolean {
    return this.state.paused !== null;
  }

  /** Enters a phase with its reason, and updates the search attribute and the details. */
  enter(phase: Phase, why: string): void {
    this.state.phase = phase;
    const ended = isEnding(phase) ? timeNow() : null;
    const nothingLeft = ended === null ? {} : { retrying: null, waitsFor: [] };
    this.update({ why: cut(oneLine(why), textLimits.why), endedAt: ended, ...nothingLeft });
    this.showPhase();
  }

  /** Shows a new reason inside the phase. */
  explain(words: string): void {
    const why = cut(oneLine(words), textLimits.why);
    if (this.state.progress.why === why) return;
    this.update({ why });
    this.showDetails();
  }

  update(change: Partial<Progress>): void {
    this.state.progress = { ...this.state.progress, ...change };
  }

  /** Moves the percentage forward; it never goes back within an attempt. */
  reach(percent: number): void {
    if (percent > this.state.progress.percent) this.update({ percent });
  }

  setStep(name: StepName, state: StepState, change: Partial<Step> = {}): void {
    const steps = this.state.progress.steps.map((step) => (step.name === name ? { ...step, ...change, state } : step));
    this.update({ steps });
  }

  step(name: StepName): Step | undefined {
    return this.state.progress.steps.find((step) => step.name === name);
  }

  /** Starts a step, or a further attempt of it. */
  startStep(name: StepName): void {
    const step = this.step(name);
    this.setStep(name, 'running', { startedAt: timeNow(), attempt: (step?.attempt ?? 0) + 1 });
  }

  fail(failure: FailureProgress | null): void {
    this.update({ failure: failure === null ? null : boundedFailure(failure) });
  }

  audit(verb: string, by: string, reason: string): void {
    const { audit, dropped } = addToAudit(this.state.progress.audit, { at: timeNow(), by, verb, reason });
    this.update({ audit, auditDropped: this.state.progress.auditDropped + dropped });
  }

  /** Shows since when a removal is overdue; null when it is not. */
  showOverdue(since: string | null): void {
    if (this.state.progress.overdueSince === since) return;
    this.update({ overdueSince: since });
    upsertSearchAttributes([{ key: overdueAttribute, value: since !== null }]);
    this.showDetails();
  }

  showPool(id: string): void {
    upsertSearchAttributes([{ key: poolAttribute, value: cut(id, textLimits.name) }]);
  }

  /** Shows the phase, or `Paused` above it; the search attributes follow. */
  protected showPhase(): void {
    const shown = this.isPaused && !isEnding(this.state.phase) ? 'Paused' : this.state.phase;
    if (shown !== this.state.progress.phase || this.state.progress.phaseSince === '') {
      this.update({ phase: shown, phaseSince: timeNow() });
      const { name, pool } = this.state.progress;
      upsertSearchAttributes([
        { key: environmentAttribute, value: name },
        { key: phaseAttribute, value: shown },
        ...(pool === null ? [] : [{ key: poolAttribute, value: cut(pool.id, textLimits.name) }]),
      ]);
    }
    this.showDetails();
  }

  private showDetails(): void {
    setCurrentDetails(describeForUi(this.state));
  }
}

/** The details that the Temporal UI shows for a workflow, as Markdown. */
function describeForUi({ progress, paused }: OperationState): string {
  const { name, phase, phaseSince, why, failure } = progress;
  const lines = [`**${phase}** since ${phaseSince}`, '', why];
  if (progress.overdueSince !== null) lines.push('', `The removal is overdue since ${progress.overdueSince}.`);
  if (paused !== null)
    lines.push('', `Paused by ${paused.by}: ${paused.reason}. Next: \`maops env resume ${name} --reason …\`.`);
  if (failure !== null) lines.push('', `${failure.type}: ${failure.message}`);
  if (failure?.hint) lines.push('', `Next: ${failure.hint}`);
  return lines.join('\n');
}
