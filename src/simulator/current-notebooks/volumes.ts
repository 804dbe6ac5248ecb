import { currentNotebookError } from '../errors.js';
import { isObject, type Json, type JsonObject, present, textAt } from '../json.js';
import { invalid } from './errors.js';
import type { VolumeRecord } from './record.js';
import { checkText } from './rules.js';

const CATEGORIES = ['EVS', 'OBS', 'OBSFS', 'EFS', 'SFS'];
const SMALLEST_EVS = 5;
const LARGEST_EVS = 4096;
const FREE_EFS = 50;
/** The only directory that survives a stop. */
const WORK_DIR = '/home/ma-user/work/';

/** The system volume or a data volume of a create request (docs/api/notebooks-current.md "2.2"). */
export function readVolume(value: Json | undefined, key: string, newId: string): VolumeRecord {
  if (!isObject(value)) throw invalid(`'${key}' is required and must be an object.`);
  const category = requiredText(value, 'category').toUpperCase();
  const ownership = requiredText(value, 'ownership').toUpperCase();
  if (!CATEGORIES.includes(category)) throw invalid(`'${key}.category' is not supported.`);
  if (ownership !== 'MANAGED' && ownership !== 'DEDICATED') throw invalid(`'${key}.ownership' is not supported.`);
  const owned = ownership === 'DEDICATED';
  const uri = checkText(value, 'uri', 1024);
  const id = checkText(value, 'id', 64);
  const secret = checkText(value, 'dew_secret_name', 64);
  if (owned && category !== 'EVS' && uri === undefined) throw invalid(`'${key}.uri' is required.`);
  if (owned && category === 'EFS' && id === undefined) throw invalid(`'${key}.id' is required.`);
  if (category === 'OBS' && secret === undefined) {
    throw currentNotebookError('6782', 'The access keys for OBS are not configured.');
  }
  if (value.read_only !== undefined && typeof value.read_only !== 'boolean') throw invalid(`'${key}.read_only'.`);
  const capacity = capacityOf(value.capacity, category, owned);
  return present({
    id: id ?? newId,
    category,
    ownership,
    capacity,
    mountPath: checkText(value, 'mount_path', 256) ?? WORK_DIR,
    uri,
    readOnly: value.read_only === true,
    dewSecretName: secret,
  });
}

/** The new size of an EVS volume, which can only grow; undefined for the present size, which Terraform sends along. */
export function newSize(volume: VolumeRecord, value: Json): number | undefined {
  if (value === volume.capacity) return undefined;
  if (volume.category !== 'EVS') throw invalid("'storage_new_size' is for EVS only.");
  const least = (volume.newCapacity ?? volume.capacity ?? SMALLEST_EVS) + 1;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= LARGEST_EVS) return value;
  throw currentNotebookError('6331', `The evs volume size ranges from ${least} GB to ${LARGEST_EVS} GB.`);
}

function capacityOf(value: Json | undefined, category: string, owned: boolean): number | undefined {
  if (category === 'EVS') {
    const size = value ?? SMALLEST_EVS;
    if (typeof size === 'number' && Number.isInteger(size) && size >= SMALLEST_EVS && size <= LARGEST_EVS) return size;
    throw currentNotebookError('6331', `The evs volume size ranges from ${SMALLEST_EVS} GB to ${LARGEST_EVS} GB.`);
  }
  if (value !== undefined && value !== null && typeof value !== 'number') throw invalid("'capacity' must be a number.");
  return category === 'EFS' && !owned ? (value ?? FREE_EFS) : (value ?? undefined);
}

function requiredText(value: JsonObject, key: string): string {
  const text = textAt(value, key);
  if (text === undefined || text === '') throw invalid(`'${key}' is required.`);
  return text;
}
