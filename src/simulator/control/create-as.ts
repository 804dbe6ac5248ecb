import type { SimUser } from '../auth/credentials.js';
import { ApiError, InputError } from '../errors.js';
import { type Json, type JsonObject, textAt } from '../json.js';
import type { LivingRecord } from '../records.js';
import type { Call, Handler, HandlerResult, World } from '../world.js';

/** The record with an id or a name. Throws `InputError`. */
export function byIdOrName<T extends LivingRecord>(records: readonly T[], kind: string, id: string): T {
  const found = records.find((record) => record.id === id || record.name === id);
  if (found === undefined) throw new InputError(`${kind} ${id} not found`);
  return found;
}

/** The user named in a control body. @defaultValue the second user */
export function userIn(world: World, body: JsonObject): SimUser {
  const name = textAt(body, 'user');
  const user =
    name === undefined ? (world.users[1] ?? world.users[0]) : world.users.find((candidate) => candidate.name === name);
  if (user === undefined) throw new InputError(`user ${name ?? ''} not found`);
  return user;
}

/** Runs a create handler as the user named in the body. @defaultValue the second user */
export function createAs(world: World, body: JsonObject, request: Json, handler: Handler): HandlerResult {
  const user = userIn(world, body);
  const call: Call = {
    operation: 'unknown',
    params: {},
    query: new URLSearchParams(),
    headers: {},
    body: request,
    malformed: false,
    user,
    takeOutcomes: () => [],
    commit: () => {},
  };
  try {
    return handler(world, call);
  } catch (error) {
    if (error instanceof ApiError) throw new InputError(`${error.code}: ${error.message}`);
    throw error;
  }
}

/** Sets the creation time that the body names. */
export function backdate(record: LivingRecord, body: JsonObject): void {
  const at = textAt(body, 'createdAt');
  if (at === undefined) return;
  // A time without a zone is UTC, whatever the zone of this machine.
  const isLocal = /T[\d:.]+$/.test(at);
  const createdAt = Date.parse(isLocal ? `${at}Z` : at);
  if (Number.isNaN(createdAt)) throw new InputError('createdAt must be an RFC 3339 time');
  record.createdAt = createdAt;
}
