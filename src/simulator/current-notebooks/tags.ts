import { type Json, textAt, valueAt } from '../json.js';
import { matchesQuery } from '../list-query.js';
import type { Call, HandlerResult, World } from '../world.js';
import { invalid } from './errors.js';
import { findCurrentNotebook } from './handlers.js';

const KEY = /^[\p{L}\p{N} _.:=+\-@]{1,128}$/u;
const VALUE = /^[\p{L}\p{N} _.:=+\-@/]{0,255}$/u;

/**
 * POST tags/create: adds tags, and overwrites the values of existing keys (docs/api/notebooks-current.md "9. Other
 * calls").
 */
export function addTags(world: World, call: Call): HandlerResult {
  const notebook = findCurrentNotebook(world, call);
  const tags = readTags(call);
  for (const { key, value } of tags) {
    if (!VALUE.test(value)) throw invalid("'tags.value' is incorrect.");
    notebook.tags[key] = value;
  }
  call.commit(`changed the tags of notebook ${notebook.id}`);
  return { status: 204 };
}

/** DELETE tags/delete, with a body: removes tags by key. An unknown key is not an error. */
export function removeTags(world: World, call: Call): HandlerResult {
  const notebook = findCurrentNotebook(world, call);
  for (const { key } of readTags(call)) delete notebook.tags[key];
  call.commit(`changed the tags of notebook ${notebook.id}`);
  return { status: 204 };
}

/** GET tags: all that are in use, with their values. */
export function listTags(world: World, call: Call): HandlerResult {
  const found = new Map<string, Set<string>>();
  for (const { tags, workspaceId } of world.state.currentNotebooks) {
    if (!matchesQuery(call.query, 'workspace_id', workspaceId)) continue;
    for (const [key, value] of Object.entries(tags)) found.set(key, (found.get(key) ?? new Set()).add(value));
  }
  const tags = [...found].map(([key, values]) => ({ key, values: [...values] }));
  return { status: 200, body: { tags } };
}

function readTags(call: Call): { key: string; value: string }[] {
  const tags = call.malformed ? undefined : valueAt(call.body, 'tags');
  if (!Array.isArray(tags) || tags.length === 0) throw invalid("'tags' must be a list.");
  return tags.map((tag: Json) => {
    const key = textAt(tag, 'key') ?? '';
    if (!KEY.test(key) || key.trim() !== key || key.startsWith('_sys_')) throw invalid("'tags.key' is incorrect.");
    return { key, value: textAt(tag, 'value') ?? '' };
  });
}
