import { parseDuration } from '../domain/duration.js';
import { type DocumentPath, type Fields, type Finding, isFields, listAt, sectionAt } from './finding.js';

const hour = 3_600_000;

/**
 * The rules of a notebook of the current API that concern several fields
 * (docs/api/notebooks-current.md "2.2 `volume` and `data_volumes[]`" and "2.4 Rules between fields"). What the API
 * would refuse must be refused before a pool is paid for.
 */
export function* currentNotebookRules(notebook: Fields, hasPool: boolean): Iterable<Finding> {
  yield* volumeRules(sectionAt(notebook, 'storage'), ['storage'], hasPool);
  for (const [index, volume] of listAt(notebook, 'dataVolumes').entries())
    if (isFields(volume)) yield* volumeRules(volume, ['dataVolumes', index], hasPool);
  yield* hardwareRules(notebook, hasPool);
  yield* autoStopRules(notebook.autoStop);
  for (const moment of ['preStart', 'postStart']) yield* hookRules(sectionAt(notebook, 'hooks'), moment);
}

function* volumeRules(volume: Fields, path: DocumentPath, hasPool: boolean): Iterable<Finding> {
  const { type, ownership, volumeSize, uri, id } = volume;
  const at = (key: string, message: string): Finding => ({ path: [...path, key], message });
  const isBucket = type === 'obs' || type === 'obsfs';
  const isDedicated =
    ownership === 'dedicated' || (ownership === undefined && (isBucket || uri !== undefined || id !== undefined));
  if (type === 'evs') {
    if (ownership === 'dedicated') yield at('ownership', 'must be managed for evs');
    for (const [key, value] of Object.entries({ uri, id }))
      if (value !== undefined) yield at(key, 'not allowed with storage type evs');
    return;
  }
  if (id !== undefined && type !== 'efs') yield at('id', 'only allowed with storage type efs');
  if (volumeSize !== undefined && (isBucket || isDedicated))
    yield at('volumeSize', 'only allowed with managed evs or efs');
  if (!isDedicated) {
    if (uri !== undefined) yield at('uri', 'only allowed with ownership dedicated');
    if (id !== undefined) yield at('id', 'only allowed with ownership dedicated');
    return;
  }
  if (uri === undefined) {
    const example = isBucket ? 'obs://bucket/folder/' : 'the path of the SFS Turbo, such as <id>.sfsturbo.internal:/';
    yield at('uri', `required for dedicated ${String(type)}: ${example}`);
  }
  if (type !== 'efs') return;
  if (id === undefined) yield at('id', 'required for dedicated efs: the id of the SFS Turbo');
  if (!hasPool) yield at('type', 'dedicated efs requires a dedicated pool. Set `notebook.pool`.');
}

function* hardwareRules({ flavor, customSpec }: Fields, hasPool: boolean): Iterable<Finding> {
  if (flavor === undefined && customSpec === undefined)
    yield { path: ['flavor'], message: 'required without customSpec' };
  if (customSpec === undefined) return;
  if (flavor !== undefined)
    yield { path: ['customSpec'], message: 'flavor and customSpec exclude each other. Remove one of them.' };
  if (!hasPool) yield { path: ['customSpec'], message: 'requires a dedicated pool. Set `notebook.pool`.' };
  if (!isFields(customSpec)) return;
  const { gpu, gpuType } = customSpec;
  if (gpu !== undefined && gpuType === undefined)
    yield { path: ['customSpec', 'gpuType'], message: 'required with gpu' };
  if (gpu === undefined && gpuType !== undefined)
    yield { path: ['customSpec', 'gpu'], message: 'required with gpuType' };
}

function* autoStopRules(autoStop: unknown): Iterable<Finding> {
  const ms = typeof autoStop === 'string' ? parseDuration(autoStop) : null;
  if (ms !== null && (ms < hour || ms > 72 * hour))
    yield { path: ['autoStop'], message: 'must be 1h to 72h, or never' };
}

function* hookRules(hooks: Fields, moment: string): Iterable<Finding> {
  const hook = hooks[moment];
  if (!isFields(hook)) return;
  const { script, command } = hook;
  if ((script === undefined) === (command === undefined))
    yield { path: ['hooks', moment], message: 'must have either script or command' };
}
