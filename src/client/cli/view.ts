import type { Context } from './context.js';
import type { View } from './render/progress.js';

/** How things look on this context's terminal at this moment. */
export function viewOf({ terminal }: Context): View {
  return { now: terminal.now(), timeZone: terminal.timeZone, colors: terminal.colors };
}
