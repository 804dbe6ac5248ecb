import type { CommandEntry } from './commands.js';

function verb(name: string, summary: string, load: CommandEntry['load']): CommandEntry {
  return { noun: 'schedule', verb: name, summary, load };
}

/** The commands below `maops schedule`. */
export const scheduleEntries: readonly CommandEntry[] = [
  verb(
    'create',
    'sweep, tear down or provision at set times',
    async () => (await import('./commands/schedule-create.js')).scheduleCreate,
  ),
  verb(
    'list',
    'list schedules with their next and last runs',
    async () => (await import('./commands/schedule-list.js')).scheduleList,
  ),
  verb(
    'show',
    'show a schedule and how its last runs ended',
    async () => (await import('./commands/schedule-show.js')).scheduleShow,
  ),
  verb(
    'pause',
    'start no run until it is resumed',
    async () => (await import('./commands/schedule-pause.js')).schedulePause,
  ),
  verb(
    'resume',
    'go on after a pause or a failed run',
    async () => (await import('./commands/schedule-resume.js')).scheduleResume,
  ),
  verb('trigger', 'run it once now', async () => (await import('./commands/schedule-trigger.js')).scheduleTrigger),
  verb(
    'delete',
    'delete a schedule; what it started goes on',
    async () => (await import('./commands/schedule-delete.js')).scheduleDelete,
  ),
];
