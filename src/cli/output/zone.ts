/** The zone that times are shown in, and what to tell people when it is not the one that they asked for. */
export interface ShownZone {
  readonly timeZone: string;
  readonly note: string | null;
}

const utcNames = /^:?(Etc\/)?(UTC|UCT|GMT|GMT[+-]?0|Greenwich|Universal|Zulu)$/i;

/**
 * The zone of a process, from the name that Node.js resolved and the text of TZ. UTC where the name means nothing, such
 * as after `TZ=GMT+8`: Node.js then names a zone that it does not take itself, or none.
 */
export function shownZone(resolved: string | undefined, asked: string | undefined): ShownZone {
  const isLost = resolved === 'UTC' && asked !== undefined && asked !== '' && !utcNames.test(asked);
  if (resolved !== undefined && !isLost && isKnown(resolved)) return { timeZone: resolved, note: null };
  const note = `note: TZ '${asked ?? ''}' is no known time zone. Times are shown in UTC. Set TZ to a place, such as Europe/Berlin.`;
  return { timeZone: 'UTC', note };
}

function isKnown(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
