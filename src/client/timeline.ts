/** An event of a run's history as plain data; only what people care about. */
export type HistoryEvent = { readonly at: Date } & (
  | { readonly event: 'started'; readonly type: string; readonly continues: string | null }
  | { readonly event: 'phase'; readonly phase: string }
  | { readonly event: 'activityScheduled'; readonly id: number; readonly type: string; readonly summary: string | null }
  | {
      readonly event: 'activityStarted';
      readonly id: number;
      readonly attempt: number;
      readonly lastFailure: string | null;
    }
  | {
      readonly event: 'activityClosed';
      readonly id: number;
      readonly end: 'done' | 'failed' | 'timedOut' | 'cancelled';
      readonly failure: string | null;
    }
  | { readonly event: 'message'; readonly kind: 'signal' | 'update'; readonly name: string; readonly argument: unknown }
  | { readonly event: 'cancelRequested' }
  | { readonly event: 'closed'; readonly status: string; readonly reason: string | null }
);

/** One line of a timeline. */
export interface TimelineEntry {
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly kind: 'run' | 'phase' | 'activity' | 'command';
  readonly text: string;
  /** Only for activities: how it went and how many attempts that took. */
  readonly activity: {
    readonly type: string;
    readonly end: 'done' | 'failed' | 'timedOut' | 'cancelled' | 'open';
    readonly attempts: number;
    readonly durationMs: number | null;
    readonly lastFailure: string | null;
  } | null;
}

interface OpenActivity {
  readonly at: Date;
  readonly type: string;
  readonly summary: string | null;
  readonly attempts: number;
  readonly lastFailure: string | null;
}

/** Tells a history as a story: one line for each phase, activity and command, in the order in which they began. */
export function tellTimeline(events: readonly HistoryEvent[]): TimelineEntry[] {
  const open = new Map<number, OpenActivity>();
  const entries: (TimelineEntry & { readonly order: number })[] = [];
  const add = (
    order: number,
    at: Date,
    kind: TimelineEntry['kind'],
    text: string,
    activity: TimelineEntry['activity'] = null,
  ) => entries.push({ order, at: at.toISOString(), kind, text, activity });
  const orders = new Map<number, number>();
  events.forEach((event, order) => {
    switch (event.event) {
      case 'started':
        add(
          order,
          event.at,
          'run',
          event.continues === null ? `${event.type} started` : `${event.type} goes on in a new run`,
        );
        break;
      case 'phase':
        add(order, event.at, 'phase', event.phase);
        break;
      case 'activityScheduled':
        orders.set(event.id, order);
        open.set(event.id, { at: event.at, type: event.type, summary: event.summary, attempts: 0, lastFailure: null });
        break;
      case 'activityStarted': {
        const activity = open.get(event.id);
        if (activity !== undefined)
          open.set(event.id, { ...activity, attempts: event.attempt, lastFailure: event.lastFailure });
        break;
      }
      case 'activityClosed': {
        const activity = open.get(event.id);
        if (activity === undefined) break;
        open.delete(event.id);
        const failure = event.failure ?? activity.lastFailure;
        const durationMs = event.at.getTime() - activity.at.getTime();
        const facts = {
          type: activity.type,
          end: event.end,
          attempts: Math.max(1, activity.attempts),
          durationMs,
          lastFailure: failure,
        };
        add(orders.get(event.id) ?? order, activity.at, 'activity', describeActivity(activity, facts), facts);
        break;
      }
      case 'message':
        add(order, event.at, 'command', describeMessage(event.kind, event.name, event.argument));
        break;
      case 'cancelRequested':
        add(order, event.at, 'command', 'cancel requested');
        break;
      case 'closed':
        add(order, event.at, 'run', event.reason === null ? event.status : `${event.status}: ${event.reason}`);
        break;
    }
  });
  for (const [id, activity] of open) {
    const facts = {
      type: activity.type,
      end: 'open' as const,
      attempts: activity.attempts,
      durationMs: null,
      lastFailure: activity.lastFailure,
    };
    add(orders.get(id) ?? 0, activity.at, 'activity', describeActivity(activity, facts), facts);
  }
  return entries.sort((a, b) => a.order - b.order).map(({ order: _order, ...entry }) => entry);
}

const ends = {
  done: 'done',
  failed: 'failed',
  timedOut: 'timed out',
  cancelled: 'cancelled',
  open: 'under way',
} as const;

function describeActivity(activity: OpenActivity, facts: NonNullable<TimelineEntry['activity']>): string {
  const label = activity.summary === null ? activity.type : `${activity.type} (${activity.summary})`;
  const attempts = facts.attempts > 1 ? ` after ${facts.attempts} attempts` : '';
  const time = facts.durationMs === null ? '' : ` in ${(facts.durationMs / 1_000).toFixed(1)} s`;
  const failure =
    facts.lastFailure === null || (facts.end === 'done' && facts.attempts < 2)
      ? ''
      : `; last failure: ${facts.lastFailure}`;
  return `${label} ${ends[facts.end]}${attempts}${time}${failure}`;
}

/** Who said what: `pause by ana: maintenance`. Other arguments are not shown, because they may be long. */
function describeMessage(kind: 'signal' | 'update', name: string, argument: unknown): string {
  const command = (typeof argument === 'object' && argument !== null ? argument : {}) as {
    by?: unknown;
    reason?: unknown;
    verb?: unknown;
  };
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  const verb = text(command.verb);
  const by = text(command.by);
  const reason = text(command.reason);
  return `${name}${verb === null ? '' : ` ${verb}`} (${kind})${by === null ? '' : ` by ${by}`}${reason === null ? '' : `: ${reason}`}`;
}
