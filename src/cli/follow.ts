import type { Operations } from '../client/operations.js';
import { isUnanswered } from '../client/unanswered.js';
import { parseOperationId } from '../contract/ids.js';
import type { Progress } from '../contract/progress.js';
import { describeDuration } from '../domain/duration.js';
import { visibleValue } from '../domain/visible-text.js';
import { type Context, noText, viewOf } from './context.js';
import { type ExitCode, exitCodeOfEnding, exitCodes } from './exit-codes.js';
import { nextOf } from './output/next.js';
import { renderProgress, renderProgressLine } from './output/progress.js';

export interface FollowingOptions {
  readonly attention: Attention;
  /** Null waits without a limit. */
  readonly timeoutMs: number | null;
}

/**
 * Follows a workflow to its end and returns its exit code. After Ctrl-C or the time limit the workflow is still
 * running.
 */
export async function followToEnd(context: Context, workflowId: string, options: FollowingOptions): Promise<ExitCode> {
  context.onInterrupt(`interrupted: ${workflowId} is still running. ${howToWatch(workflowId)}`);
  const operations = await context.operations();
  const waiting = limited(context.interrupted, options.timeoutMs);
  const reporter = await makeReporter(context, options.attention);
  const last = await showUntilEnd(context, operations, workflowId, reporter, waiting.signal).finally(waiting.clear);
  if (last !== null && last.endedAt !== null) {
    const next = nextOf(last);
    if (next !== null && reporter.isWhole !== true) context.notice(next);
    return exitCodeOfEnding(last);
  }
  if (context.interrupted.aborted) return exitCodes.interrupted;
  const limit = describeDuration(options.timeoutMs ?? 0);
  const state = awaitsPerson(last)
    ? `awaits ${describeAwaited(last)}. See ${askWhy(workflowId)}.`
    : `is still running. ${howToWatch(workflowId)}`;
  context.notice(`timed out after ${limit}: ${workflowId} ${state}`);
  return exitCodes.unfinished;
}

/** The longest delay of a Node.js timer; a longer one fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * A signal that also aborts after a time. Not AbortSignal.timeout: when only `any` refers to it, it may be collected
 * before it fires.
 */
export function limited(
  signal: AbortSignal,
  ms: number | null,
): { readonly signal: AbortSignal; readonly clear: () => void } {
  if (ms === null) return { signal, clear: () => undefined };
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), Math.min(ms, longestTimerMs));
  return { signal: AbortSignal.any([signal, limit.signal]), clear: () => clearTimeout(timer) };
}

/** Shows a workflow until it ends or the signal aborts. Returns the last progress. */
export async function showUntilEnd(
  context: Context,
  operations: Operations,
  workflowId: string,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Progress | null> {
  let last: Progress | null = null;
  try {
    const onTrouble = (error: Error) =>
      context.notice(`${error.message}. Retrying; the operation itself is not affected.`);
    for await (const progress of operations.watch(workflowId, { signal, onTrouble, everyMs: 500 })) {
      const isNew = progress.awaiting !== null && progress.awaiting.since !== last?.awaiting?.since;
      const isSilent = isUnanswered(progress) && (last === null || !isUnanswered(last));
      last = progress;
      reporter.show(progress);
      // Only the live block shows by itself what the operation awaits.
      if (isNew && (reporter.isQuiet || (reporter.isWhole !== true && awaitsPerson(progress))))
        context.notice(describeWait(progress));
      if (isSilent && reporter.isQuiet) context.notice(`${workflowId}: ${progress.why}`);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    reporter.end(last);
  }
  return last;
}

function awaitsPerson(progress: Progress | null): progress is Progress {
  return progress?.awaiting?.kind === 'operator' || progress?.awaiting?.kind === 'approval';
}

function describeWait(progress: Progress): string {
  return `${progress.workflowId} awaits ${describeAwaited(progress)}. See ${askWhy(progress.workflowId)}.`;
}

function describeAwaited({ awaiting }: Progress): string {
  return awaiting?.kind === 'operator' ? 'a decision' : (awaiting?.kind ?? 'nothing');
}

function askWhy(workflowId: string): string {
  const id = parseOperationId(workflowId);
  return `\`maops env why ${id?.kind === 'env' ? id.name : workflowId}\``;
}

/** Prints the progress of a workflow without waiting. Returns its exit code if it has ended. */
export async function showNow(context: Context, workflowId: string): Promise<ExitCode> {
  const progress = await (await context.operations()).progress(workflowId);
  context.result(progress, (shown) => renderProgress(shown, viewOf(context)));
  if (progress.endedAt !== null) return exitCodeOfEnding(progress);
  context.notice(howToWatch(workflowId));
  return exitCodes.done;
}

/** How to follow an operation that is still running. */
function howToWatch(workflowId: string): string {
  const id = parseOperationId(workflowId);
  return `Watch it with \`maops env watch ${id?.kind === 'env' ? id.name : workflowId}\`.`;
}

/** Which progress is shown: every change, or only the ending. */
export type Attention = 'changes' | 'ending';

/** Shows progress as it arrives. */
export interface Reporter {
  /** True for a reporter that shows nothing until the end. */
  readonly isQuiet?: boolean;
  /** True for a reporter whose last output is the whole progress, with what to do next. */
  readonly isWhole?: boolean;
  show(progress: Progress): void;
  /** Called once, with the last progress. */
  end(progress: Progress | null): void;
}

/** Chooses a reporter: JSON, a live block on a terminal, or one line per change. */
export async function makeReporter(context: Context, attention: Attention): Promise<Reporter> {
  if (attention === 'ending') return endingReporter(context);
  if (context.json) return { show: (progress) => context.result(progress, noText), end: () => undefined };
  // Some CI systems have terminals of height 0, which cannot redraw a block.
  const { isTTY, rows } = context.terminal.stdout;
  return isTTY === true && (rows ?? 0) > 0 ? await liveReporter(context) : lineReporter(context);
}

function endingReporter(context: Context): Reporter {
  return {
    isQuiet: true,
    isWhole: true,
    show: () => undefined,
    end: (progress) => {
      if (progress !== null) context.result(progress, (shown) => renderProgress(shown, viewOf(context)));
    },
  };
}

function lineReporter(context: Context): Reporter {
  let last = '';
  return {
    show: (progress) => {
      // A change that the line does not show would repeat the line.
      const facts = `${progress.phase} ${progress.percent} ${progress.why}`;
      if (facts !== last) context.result(progress, (shown) => renderProgressLine(shown, viewOf(context)));
      last = facts;
    },
    end: () => undefined,
  };
}

/** A block that is redrawn at every change, and every second for the elapsed times. */
async function liveReporter(context: Context): Promise<Reporter> {
  // Loaded here because it is of no use without a terminal.
  const { createLogUpdate } = await import('log-update');
  const block = createLogUpdate(process.stdout);
  let latest: Progress | null = null;
  const draw = () => {
    if (latest !== null) block(renderProgress(visibleValue(latest), viewOf(context)));
  };
  const timer = setInterval(draw, 1_000);
  return {
    isWhole: true,
    show: (progress) => {
      context.shown();
      latest = progress;
      draw();
    },
    end: () => {
      clearInterval(timer);
      block.clear();
      block.done();
      // The live block is cut at the height of the terminal; the final one must not be.
      if (latest !== null) context.result(latest, (shown) => renderProgress(shown, viewOf(context)));
    },
  };
}

/** Shows nothing, for commands that print a document of their own at the end. */
export const silentReporter: Reporter = { show: () => undefined, end: () => undefined };
