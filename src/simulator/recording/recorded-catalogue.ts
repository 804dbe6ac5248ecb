import type { Behavior } from '../behavior.js';
import type { Catalogue, NotebookFlavor, PoolFlavor } from '../catalogue/catalogue.js';
import { DEFAULT_CATALOGUE } from '../catalogue/default-catalogue.js';
import { type JsonObject, objectAt, textAt, valueAt } from '../json.js';
import { isOperationPattern, type OperationPattern } from '../operations.js';
import { textMapAt, textsAt } from './fields.js';
import { type Recording, recordedRows } from './recording.js';

/** The flavors, images and workspaces of a recording. What it does not have is as in the default catalogue. */
export function catalogueOf(recording: Recording): Catalogue {
  const poolFlavors = recordedRows(recording, 'flavors.list', 'items').map(poolFlavor);
  const notebookFlavors = recordedRows(recording, 'currentNotebooks.flavors', 'data').map(notebookFlavor);
  const images = recordedRows(recording, 'images.list', 'data').map(image);
  const azs = [...new Set(poolFlavors.flatMap(({ sale }) => Object.keys(sale)))];
  const workspaces = recordedRows(recording, 'workspaces.list', 'workspaces').map((row) => textAt(row, 'id') ?? '0');
  return {
    ...DEFAULT_CATALOGUE,
    ...(azs.length > 0 ? { azs } : {}),
    ...(poolFlavors.length > 0 ? { poolFlavors } : {}),
    ...(notebookFlavors.length > 0 ? { notebookFlavors } : {}),
    ...(images.length > 0 ? { images } : {}),
    networks: [],
    workspaces: [...new Set(['0', ...workspaces])],
  };
}

/** The calls and notebook APIs that the account does not have. */
export function behaviorOf({ calls }: Recording): Partial<Behavior> {
  const isMissing = (operation: string) =>
    calls.some((call) => call.operation === operation && call.state === 'missing');
  const unavailable: Partial<Record<OperationPattern, 'forbidden' | 'missing'>> = {};
  for (const { operation, state } of calls) {
    if (!isOperationPattern(operation)) continue;
    if (state === 'denied') unavailable[operation] = 'forbidden';
    if (state === 'missing') unavailable[operation] = 'missing';
  }
  return {
    unavailable,
    historicalNotebookApi: !isMissing('notebooks.list'),
    currentNotebookApi: !isMissing('currentNotebooks.list'),
  };
}

function poolFlavor(row: JsonObject): PoolFlavor {
  const labels = textMapAt(row, 'metadata', 'labels');
  const gpu = cardOf(objectAt(row, 'spec', 'gpu'));
  const npu = cardOf(objectAt(row, 'spec', 'npu'));
  const modes = valueAt(row, 'spec', 'billingModes');
  return {
    name: textAt(row, 'metadata', 'name') ?? '',
    type: textAt(row, 'spec', 'type') === 'Logical' ? 'Logical' : 'Dedicate',
    cpuArch: textAt(row, 'spec', 'cpuArch') === 'arm64' ? 'arm64' : 'x86',
    cpu: textAt(row, 'spec', 'cpu') ?? '0',
    memory: textAt(row, 'spec', 'memory') ?? '0Gi',
    ...(gpu === undefined ? {} : { gpu }),
    ...(npu === undefined ? {} : { npu }),
    ...(labels['os.modelarts.flavor/baremetal'] === 'true' ? { baremetal: true } : {}),
    scope: (labels['os.modelarts/scope'] ?? '').split('.').filter((scope) => scope !== ''),
    billingModes: Array.isArray(modes) ? modes.filter((mode) => typeof mode === 'number') : [],
    jobFlavors: textsAt(row, 'spec', 'jobFlavors'),
    sale: textMapAt(row, 'status', 'phase'),
  };
}

function cardOf(card: JsonObject | undefined): { type: string; size: string; memory: string } | undefined {
  if (card === undefined) return undefined;
  return { type: textAt(card, 'type') ?? '', size: textAt(card, 'size') ?? '0', memory: textAt(card, 'memory') ?? '' };
}

const kibPerGib = 1024 * 1024;

function notebookFlavor(row: JsonObject): NotebookFlavor {
  const category = textAt(row, 'category');
  const cards = valueAt(row, 'gpu', 'gpu') ?? valueAt(row, 'ascend', 'npu');
  const memory = typeof row.memory === 'number' ? Math.round(row.memory / kibPerGib) : 0;
  return {
    name: textAt(row, 'id') ?? '',
    type: category === 'GPU' || category === 'ASCEND' ? category : 'CPU',
    params: {
      CPU: typeof row.vcpus === 'number' ? row.vcpus : 0,
      ...(typeof cards === 'number' ? { [category === 'GPU' ? 'GPU' : 'NPU']: cards } : {}),
      memory: `${memory}GiB`,
    },
    ...(row.free === true ? { free: true } : {}),
  };
}

function image(row: JsonObject): Catalogue['images'][number] {
  return {
    id: textAt(row, 'id') ?? '',
    name: textAt(row, 'name') ?? '',
    namespace: textAt(row, 'namespace') ?? '',
    tag: textAt(row, 'tag') ?? '',
    type: textAt(row, 'type') === 'DEDICATED' ? 'DEDICATED' : 'BUILD_IN',
    description: textAt(row, 'description') ?? '',
    arch: textAt(row, 'arch')?.toLowerCase() === 'aarch64' ? 'aarch64' : 'x86_64',
    categories: textsAt(row, 'resource_categories'),
    services: textsAt(row, 'dev_services'),
  };
}
