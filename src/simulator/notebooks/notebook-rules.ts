import type { NotebookFlavor, NotebookProfile } from '../catalogue/catalogue.js';
import { notebookError } from '../errors.js';
import { isObject, type Json, type JsonObject, textAt } from '../json.js';

/** The automatic stop of a notebook. `duration` is in seconds. */
export interface AutoStop {
  readonly enable?: boolean;
  readonly duration?: number;
  readonly prompt?: boolean;
}

const SHORTEST = 3600;
const LONGEST = 86_400;
const SMALLEST_EVS = 5;
const LARGEST_EVS = 4096;
const WORK_DIR = '/home/ma-user/work';

/** R9: the property is required. */
export function required(value: JsonObject, key: string): void {
  if (value[key] === undefined || value[key] === null) throw notebookError('6335', `'${key}' is a required property.`);
}

/** R10: the property, if present, has this type. */
export function typed(value: JsonObject, key: string, type: 'string' | 'object' | 'integer' | 'boolean'): void {
  const item = value[key];
  if (item === undefined || item === null) return;
  const fits = type === 'object' ? isObject(item) : type === 'integer' ? Number.isInteger(item) : typeof item === type;
  if (fits) return;
  throw notebookError('6332', `Incorrect parameter type. The '${key}' parameter must be of the '${type}' type.`);
}

/** R11: at most 512 characters, none of `&<>"'/`. */
export function readDescription(value: Json | undefined): string {
  typed({ description: value }, 'description', 'string');
  const text = typeof value === 'string' ? value : '';
  const wrong = /[&<>"'/]/.exec(text)?.[0];
  if (wrong !== undefined) {
    throw notebookError('6334', `Invalid value for name or description. The character \`${wrong}\` is not allowed.`);
  }
  if (Array.from(text).length > 512) throw notebookError('6336', "'description' property value is incorrect.");
  return text;
}

/** Parses `auto_stop`. Its rules are checked later, in the documented order. */
export function readAutoStop(value: Json | undefined): AutoStop {
  typed({ auto_stop: value }, 'auto_stop', 'object');
  const autoStop = isObject(value) ? value : {};
  typed(autoStop, 'enable', 'boolean');
  typed(autoStop, 'duration', 'integer');
  typed(autoStop, 'prompt', 'boolean');
  const { enable, duration, prompt } = autoStop;
  return {
    enable: enable === true,
    ...(typeof duration === 'number' ? { duration } : {}),
    prompt: prompt !== false,
  };
}

/** R6 and R7: a duration is required, within its limits. */
export function checkAutoStop({ enable, duration }: AutoStop): void {
  if (enable === true && duration === undefined) {
    throw notebookError('6348', "The 'duration' parameter is mandatory for enabling auto stop.");
  }
  if (duration !== undefined && (duration < SHORTEST || duration > LONGEST)) {
    throw notebookError(
      '6349',
      `The 'duration' parameter is incorrect. The value ranges from ${SHORTEST} to ${LONGEST}.`,
    );
  }
}

/** R13 and R14: the flavor must have the hardware that the profile needs. */
export function checkFlavor(profile: NotebookProfile, flavor: NotebookFlavor): void {
  const freeAndNew = flavor.free === true && profile.category === 'Multi-Engine 2.0';
  if (!freeAndNew && (profile.hardware === undefined || profile.hardware === flavor.type)) return;
  throw notebookError('6330', 'The flavor type of profile does not match the type of flavor. Please check it.');
}

/** R1 to R5: the rules for each storage type. Returns the storage as the service shows it. */
export function checkStorage(value: Json | undefined, extended: boolean): Json {
  if (!isObject(value))
    throw notebookError('6332', "Incorrect parameter type. The 'storage' parameter must be of the 'object' type.");
  required(value, 'type');
  typed(value, 'type', 'string');
  typed(value, 'location', 'object');
  const type = textAt(value, 'type');
  const location = isObject(value.location) ? value.location : {};
  for (const key of ['path', 'mount_path', 'access_modes']) typed(location, key, 'string');
  typed(location, 'volume_size', 'integer');
  if (extended && type !== 'obsfs') throw unsupported();
  if (type !== 'obsfs' && (location.mount_path ?? location.access_modes ?? undefined) !== undefined) {
    throw notebookError('6336', "'location' property value is incorrect.");
  }
  switch (type ?? '') {
    case 'obs':
      return { type: 'obs', location: { path: checkObsPath(textAt(location, 'path')) } };
    case 'evs':
      return {
        type: 'evs',
        location: { path: WORK_DIR, volume_size: checkVolume(location.volume_size), volume_unit: 'GB' },
      };
    case 'obsfs':
      return { type: 'obsfs', location: obsfsLocation(location) };
    default:
      throw unsupported();
  }
}

function checkObsPath(path: string | undefined): string {
  if (path === undefined || path === '') {
    throw notebookError('6317', "The 'path' parameter is required when the storage type is OBS.");
  }
  // Without quotes as in the documented sample, unlike in the table of codes (docs/api/notebooks-and-auth.md "2.13
  // Contradictions inside / between the sources").
  if (!path.endsWith('/')) throw notebookError('6318', 'The param path needs to end with /.');
  if (path.split('/').filter((part) => part !== '').length < 2) {
    throw notebookError(
      '6358',
      'The path parameter is incorrect. It cannot be the root directory of an OBS bucket, but must be a specific directory in the OBS bucket.',
    );
  }
  return path;
}

function checkVolume(value: Json | undefined): number {
  const size = value ?? SMALLEST_EVS;
  if (typeof size === 'number' && size >= SMALLEST_EVS && size <= LARGEST_EVS) return size;
  throw notebookError('6331', `The evs volume size ranges from ${SMALLEST_EVS} GB to ${LARGEST_EVS} GB.`);
}

function obsfsLocation(location: JsonObject): Json {
  const modes = textAt(location, 'access_modes') ?? 'ReadWriteMany';
  if (modes !== 'ReadWriteMany' && modes !== 'ReadOnlyMany') {
    throw notebookError('6336', "'access_modes' property value is incorrect.");
  }
  const path = textAt(location, 'path');
  if (path === undefined || path.replaceAll('/', '') === '')
    throw notebookError('6336', "'path' property value is incorrect.");
  return { path, mount_path: textAt(location, 'mount_path') ?? WORK_DIR, access_modes: modes };
}

function unsupported(): Error {
  return notebookError('6324', 'This location type is not supported. Please check it.');
}
