import { notebookError } from '../errors.js';
import { isObject, type Json, objectAt, textAt, valueAt } from '../json.js';
import type { NotebookRecord } from '../records.js';
import type { World } from '../world.js';
import {
  checkAutoStop,
  checkFlavor,
  checkStorage,
  readAutoStop,
  readDescription,
  required,
  typed,
} from './notebook-rules.js';
import { poolReadiness } from './pool-association.js';

/**
 * A create request that satisfies the rules R1 to R16 of docs/api/notebooks-and-auth.md "2.2 Cross-field rules for O1".
 */
export type NotebookRequest = Pick<
  NotebookRecord,
  | 'name'
  | 'description'
  | 'profileId'
  | 'flavor'
  | 'storage'
  | 'extendStorage'
  | 'autoStop'
  | 'annotations'
  | 'workspaceId'
  | 'aiProject'
  | 'pool'
>;

/**
 * Parses and checks a create request in the order of docs/api/notebooks-and-auth.md "2.2 Cross-field rules for O1". The
 * handler checks name, quota and availability.
 */
export function readNotebookRequest(world: World, body: unknown): NotebookRequest {
  if (!isObject(body)) throw notebookError('0104', 'Parameter error.');
  for (const key of ['name', 'profile_id', 'flavor']) {
    required(body, key);
    typed(body, key, 'string');
  }
  required(body, 'spec');
  typed(body, 'spec', 'object');
  const spec = objectAt(body, 'spec') ?? {};
  if (spec.storage === undefined || spec.storage === null) {
    throw notebookError('6316', "The param 'storage' is needed for creating notebook instance.");
  }
  typed(spec, 'storage', 'object');
  for (const key of ['workspace', 'pool', 'ai_project']) typed(body, key, 'object');
  const autoStop = readAutoStop(spec.auto_stop);
  const annotations = readAnnotations(spec.annotations);

  const name = textAt(body, 'name') ?? '';
  const wrong = /[^A-Za-z0-9_-]/u.exec(name)?.[0];
  if (wrong !== undefined) {
    throw notebookError('6334', `Invalid value for name or description. The character \`${wrong}\` is not allowed.`);
  }
  if (name.length < 1 || name.length > 64) throw notebookError('6336', "'name' property value is incorrect.");
  const description = readDescription(body.description);

  const profileId = textAt(body, 'profile_id') ?? '';
  const profile = world.catalogue.profiles.find((candidate) => candidate.id === profileId);
  if (profile === undefined) throw notebookError('6336', "'profile_id' property value is incorrect.");
  const flavorName = textAt(body, 'flavor') ?? '';
  const flavor = world.catalogue.notebookFlavors.find((candidate) => candidate.name === flavorName);
  if (flavor === undefined) throw notebookError('6323', 'The flavor is not supported, please check it.');

  const pool = readPool(body.pool);
  const storage = checkStorage(spec.storage, false);
  const extendStorage = readExtendStorage(spec.extend_storage);
  checkAutoStop(autoStop);
  checkFlavor(profile, flavor);
  const workspaceId = textAt(body, 'workspace', 'id') ?? '0';
  if (!world.state.workspaces.includes(workspaceId)) throw notebookError('0102', 'The workspace does not exist.');
  return {
    name,
    description,
    profileId,
    flavor: flavorName,
    storage,
    extendStorage,
    autoStop,
    annotations,
    workspaceId,
    aiProject: textAt(body, 'ai_project', 'id') ?? 'default-ai-project',
    ...(pool === undefined ? {} : { pool }),
  };
}

/** The pool must exist (6336) and be ready for notebooks (6355 asks the caller to wait). */
export function checkPool(world: World, request: NotebookRequest): void {
  if (request.pool === undefined) return;
  switch (poolReadiness(world, request.pool.id)) {
    case 'unknown':
    case 'noScope':
      throw notebookError('6336', "'pool' property value is incorrect.");
    case 'initializing':
      throw notebookError('6355', 'The resource is initializing. Please wait one minute and try again.');
    case 'ready':
  }
}

function readPool(value: Json | undefined): NotebookRecord['pool'] {
  if (!isObject(value)) return undefined;
  required(value, 'id');
  for (const key of ['id', 'type', 'name']) typed(value, key, 'string');
  const project = textAt(value, 'owner', 'project_id');
  const name = textAt(value, 'name');
  return {
    id: textAt(value, 'id') ?? '',
    type: textAt(value, 'type') ?? 'USER_DEFINED',
    ...(name === undefined ? {} : { name }),
    ...(project === undefined ? {} : { owner: { project_id: project } }),
  };
}

function readExtendStorage(value: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) {
    throw notebookError(
      '6332',
      "Incorrect parameter type. The 'extend_storage' parameter must be of the 'array' type.",
    );
  }
  return value.map((item) => checkStorage(item, true));
}

function readAnnotations(value: Json | undefined): Record<string, string> {
  if (value === undefined || value === null) return {};
  typed({ annotations: value }, 'annotations', 'object');
  const annotations: Record<string, string> = {};
  for (const key of Object.keys(value)) {
    const text = valueAt(value, key);
    if (typeof text !== 'string') typed({ [key]: text ?? null }, key, 'string');
    else annotations[key] = text;
  }
  return annotations;
}
