import type { Audience, Steered } from '../client/bulk.js';
import type { Operations } from '../client/operations.js';
import type { Progress } from '../contract/progress.js';
import { visibleValue } from '../domain/visible-text.js';
import { type Context, noText } from './context.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { type BulkRow, renderListed, renderSteered } from './output/bulk.js';
import { askToGoOn } from './tearing-down.js';
import { viewOf } from './view.js';

/** A command to everything that a query finds. */
export interface Bulk {
  /** The command as people know it: `pause`, `resolve rollback`. */
  readonly verb: string;
  readonly query: string;
  readonly audience: Audience;
  /** True when nobody has to be asked. */
  readonly yes: boolean;
  readonly steer: (operations: Operations, workflowId: string) => Promise<Progress>;
}

/** Shows the list, asks, acts, and tells of each what became of it; without a yes nothing is done. */
export async function steerMany(context: Context, { verb, query, audience, yes, steer }: Bulk): Promise<ExitCode> {
  const operations = await context.operations();
  const listed = await operations.matching(query, audience);
  const answer = (acted: boolean, runs: readonly BulkRow[], render: (runs: readonly BulkRow[]) => string) =>
    context.result({ verb, query, acted, runs }, (shown) => render(shown.runs));
  const untouched = listed.map((progress): BulkRow => ({ ...rowOf(progress), result: null, reason: null }));
  if (listed.length === 0) {
    context.notice(
      `no open operation matches ${query}${audience === 'makers' ? ', of those that make something' : ''}`,
    );
    answer(false, [], noText);
    return exitCodes.done;
  }
  const count = listed.length === 1 ? '1 operation' : `${listed.length} operations`;
  if (!yes) {
    answer(false, untouched, () => renderListed(visibleValue(listed), viewOf(context)));
    const { stdin, stdout } = context.terminal;
    const isAttended = stdin.isTTY === true && stdout.isTTY === true && !context.json;
    const isWanted = isAttended && (await askToGoOn(context, `${verb}: ${count}?`, 'interrupted: nothing was done'));
    if (!isWanted) {
      context.notice(
        isAttended ? 'nothing was done' : `nothing was done. To ${verb} ${count}, give the same command with --yes`,
      );
      return exitCodes.usage;
    }
  }
  context.onInterrupt(`interrupted: what is not listed as done was not told to ${verb}`);
  const why = new Map(listed.map((progress) => [progress.workflowId, progress]));
  const results = await operations.steerEach(
    listed,
    (workflowId) => steer(operations, workflowId),
    context.interrupted,
  );
  const rows = results.map((steered) => resultOf(steered, why.get(steered.workflowId)));
  answer(true, rows, (shown) => renderSteered(shown, viewOf(context)));
  const missed = rows.filter(({ result }) => result !== 'done').length;
  context.notice(`${verb}: ${rows.length - missed} done${missed === 0 ? '' : `, ${missed} not`}`);
  return missed === 0 ? exitCodes.done : exitCodes.failed;
}

function rowOf({ workflowId, name, phase, why }: Progress) {
  return { workflowId, name, phase, why };
}

/** What the command answered is newer than what was listed. */
function resultOf(
  { workflowId, name, phase, result, reason, progress }: Steered,
  listed: Progress | undefined,
): BulkRow {
  const why = progress?.why ?? listed?.why ?? '';
  return { workflowId, name, phase: progress?.phase ?? phase, why, result, reason };
}
