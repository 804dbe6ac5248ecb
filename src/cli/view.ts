import type { Context } from './context.js';
import type { View } from './output/progress.js';

/** How things look on this context's terminal at this moment. */
export function viewOf({ terminal }: Context): View {
  const { stdout, timeZone, colors } = terminal;
  const columns = stdout.isTTY === true ? stdout.columns : undefined;
  return { now: terminal.now(), timeZone, colors, columns };
}
