import { OperationsError } from '../../client/errors.js';
import type { NotebookApi } from '../../domain/resource/notebook.js';
import type { ModelArts } from '../../modelarts/client.js';
import { isUnpublished, ModelArtsError } from '../../modelarts/errors.js';
import type { Check } from '../output/checks.js';

/** The rows about notebooks. The first reports which API the account has. */
export const notebookChecks = ['notebook API', 'current notebook API', 'historical notebook API'] as const;

/** One notebook API of the account. */
export interface NotebookApiFinding {
  readonly api: NotebookApi;
  /** The number of own notebooks; null when the account does not have the API, or may not list them. */
  readonly notebooks: number | null;
  /** Why the account may not list its notebooks; null when it may. */
  readonly refusal: string | null;
}

interface Options {
  readonly signal: AbortSignal;
}

/** Whether the account has an API, and may list all users' notebooks with it. */
export async function readNotebookApi(
  modelarts: ModelArts,
  api: NotebookApi,
  options: Options,
): Promise<NotebookApiFinding> {
  const notebooks = await countOwn(modelarts, api, options).catch((error: unknown) => {
    if (isUnpublished(error)) return null;
    if (error instanceof ModelArtsError && error.kind === 'permission') return error;
    throw error;
  });
  if (notebooks instanceof ModelArtsError) return { api, notebooks: null, refusal: notebooks.message };
  if (notebooks !== null) await checkOtherUsers(modelarts, api, options);
  return { api, notebooks, refusal: null };
}

async function countOwn({ notebooks, currentNotebooks }: ModelArts, api: NotebookApi, options: Options) {
  return api === 'current'
    ? (await currentNotebooks.list({}, options)).length
    : (await notebooks.list({}, options)).instances.length;
}

/** Deleting a pool requires a list of all users' notebooks, to protect those that run on it. */
async function checkOtherUsers(modelarts: ModelArts, api: NotebookApi, options: Options): Promise<void> {
  try {
    if (api === 'current') await modelarts.currentNotebooks.listAll({}, options);
    else await modelarts.notebooks.list({ show_self: false }, options);
  } catch (error) {
    if (!(error instanceof ModelArtsError) || error.kind !== 'permission') throw error;
    const right = api === 'current' ? 'modelarts:notebook:listAllNotebooks' : 'show_self=false';
    throw new OperationsError(`only the user's own notebooks are visible: ${error.message}`, {
      hint: `Pools are deleted only with --with-jobs. Grant the user permission to list the notebooks of all users (${right}).`,
      cause: error,
    });
  }
}

/** The finding about one API. One that may not be read fails nothing, because the other one may be enough. */
export function describeApi({ api, notebooks, refusal }: NotebookApiFinding): Omit<Check, 'check'> {
  const key = api === 'current' ? '`notebook.image`' : '`notebook.profileId`';
  if (refusal !== null)
    return {
      state: 'skipped',
      finding: `the account may not read it: ${refusal}`,
      hint: `Grant the user permission to list notebooks to use ${key}. Until then pools are deleted only with --with-jobs.`,
    };
  const finding = notebooks === null ? 'not available' : `available, notebooks: ${notebooks}; selected by ${key}`;
  return { state: 'ok', finding, hint: null };
}

/** Which API the account has. Throws when it has none. */
export function describeApis(findings: readonly NotebookApiFinding[]): string {
  const available = findings.filter(({ notebooks }) => notebooks !== null);
  if (available.length === 0 && findings.some(({ refusal }) => refusal !== null))
    throw new OperationsError('this account may read no notebook API', {
      hint: 'Grant the user permission to list notebooks. Without it pools are deleted only with --with-jobs.',
    });
  if (available.length === 0)
    throw new OperationsError('this account has neither the current notebook API nor the historical one (demanager)', {
      hint: 'Notebooks cannot be created here. Pools can: `maops pool create`.',
    });
  const total = available.reduce((sum, { notebooks }) => sum + (notebooks ?? 0), 0);
  return `notebooks: ${total}; this account has the ${available.map(({ api }) => api).join(' and the ')} API`;
}
