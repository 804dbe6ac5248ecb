import type { Operations } from '../client/operations.js';
import { isUnanswered } from '../client/read-progress.js';
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

/** Follows a workflow to its end and answers the exit code of the ending; Ctrl-C and the limit leave it running. */
export async function followToEnd(context: Context, workflowId: string, options: FollowingOptions): Promise<ExitCode> {
  context.onInterrupt(`interrupted: ${workflowId} goes on. ${howToWatch(workflowId)}`);
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
  // What waits for a person does not go on by itself.
  const how = isForPeople(last) ? ` when it is answered: ${askWhy(workflowId)}` : `. ${howToWatch(workflowId)}`;
  context.notice(`not finished within ${limit}: ${workflowId} goes on${how}`);
  return exitCodes.unfinished;
}

/** A longer timer would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * A signal that also ends after a time. Not AbortSignal.timeout: one that only `any` knows may be collected before it
 * fires, and then nothing ends the wait.
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

/** Shows a workflow until it has ended or the signal says enough; answers the last progress that was seen. */
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
      context.notice(`${error.message}; still trying, the operation goes on without it`);
    for await (const progress of operations.watch(workflowId, { signal, onTrouble, everyMs: 500 })) {
      const isNew = progress.awaiting !== null && progress.awaiting.since !== last?.awaiting?.since;
      const isSilent = isUnanswered(progress) && (last === null || !isUnanswered(last));
      last = progress;
      reporter.show(progress);
      // Nobody would see that it will not come by itself, or what it takes: a block that is drawn again has room for that.
      if (isNew && (reporter.isQuiet || (reporter.isWhole !== true && isForPeople(progress))))
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

function isForPeople(progress: Progress | null): progress is Progress {
  return progress?.awaiting?.kind === 'operator' || progress?.awaiting?.kind === 'approval';
}

function describeWait({ workflowId, awaiting }: Progress): string {
  return `${workflowId} waits for ${awaiting?.kind}: ${askWhy(workflowId)}`;
}

function askWhy(workflowId: string): string {
  const id = parseOperationId(workflowId);
  return `\`maops env why ${id?.kind === 'env' ? id.name : workflowId}\``;
}

/** Prints where a workflow stands that is not waited for; one that has ended already answers the exit code of its ending. */
export async function showNow(context: Context, workflowId: string): Promise<ExitCode> {
  const progress = await (await context.operations()).progress(workflowId);
  context.result(progress, (shown) => renderProgress(shown, viewOf(context)));
  if (progress.endedAt !== null) return exitCodeOfEnding(progress);
  context.notice(howToWatch(workflowId));
  return exitCodes.done;
}

/** How to come back to an operation that was left alone. */
function howToWatch(workflowId: string): string {
  const id = parseOperationId(workflowId);
  return `Watch it with \`maops env watch ${id?.kind === 'env' ? id.name : workflowId}\`.`;
}

/** How much of a wait is shown: every change as it comes, or only how it ended. */
export type Attention = 'changes' | 'ending';

/** Shows progress while it comes in. */
export interface Reporter {
  /** True for one that shows nothing until the end. */
  readonly isQuiet?: boolean;
  /** True for one whose last showing has everything, what to do next too. */
  readonly isWhole?: boolean;
  show(progress: Progress): void;
  /** Called once, with the last progress that came. */
  end(progress: Progress | null): void;
}

/** The reporter that fits: JSON, a live block on a terminal, one line per change elsewhere. */
export async function makeReporter(context: Context, attention: Attention): Promise<Reporter> {
  if (attention === 'ending') return endingReporter(context);
  if (context.json) return { show: (progress) => context.result(progress, noText), end: () => undefined };
  // A terminal that does not know its height (some CI systems) cannot redraw a block.
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
      // A change that the line does not show would look like a repeated line.
      const facts = `${progress.phase} ${progress.percent} ${progress.why}`;
      if (facts !== last) context.result(progress, (shown) => renderProgressLine(shown, viewOf(context)));
      last = facts;
    },
    end: () => undefined,
  };
}

/** A block that is drawn again at every change, and every second because elapsed times move. */
async function liveReporter(context: Context): Promise<Reporter> {
  // ESM only, and of no use without a terminal: so it is loaded here.
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
      // The block breaks every line at the width of the terminal, and cuts what is higher: what stays is printed as it is.
      if (latest !== null) context.result(latest, (shown) => renderProgress(shown, viewOf(context)));
    },
  };
}

/** Shows nothing: for commands that print a document of their own at the end. */
export const silentReporter: Reporter = { show: () => undefined, end: () => undefined };
