import type { Progress } from '../contract/progress.js';
import { visibleValue } from '../domain/visible-text.js';
import { type Context, noText } from './context.js';
import { renderProgress, renderProgressLine } from './output/progress.js';
import { viewOf } from './view.js';

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
