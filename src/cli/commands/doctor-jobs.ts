import { OperationsError } from '../../client/errors.js';
import { isUnreadable } from '../../inventory/pool-use.js';
import type { ModelArts } from '../../modelarts/client.js';
import { ModelArtsError } from '../../modelarts/errors.js';

/**
 * Whether this account can read the jobs on pools. Without their workloads no pool is deleted, except with
 * `--with-jobs`. Training jobs and services only add to them.
 */
export async function checkJobs(modelarts: ModelArts, options: { readonly signal: AbortSignal }): Promise<string> {
  const { workloads, trainingJobs, services } = modelarts;
  const [pool] = (await modelarts.pools.list({}, options)).items;
  const readable =
    pool === undefined
      ? 'workloads: no pool to ask about'
      : await readWorkloads(() => workloads.listPage(pool.metadata.name, { limit: 1 }, options));
  const others = await Promise.all([
    unreadOf('training jobs', () => trainingJobs.search({ offset: 0, limit: 1 }, options)),
    unreadOf('services', () => services.list({ limit: 1 }, options)),
  ]);
  const unread = others.filter((line) => line !== null);
  return unread.length === 0 ? readable : `${readable}; not readable, and not needed: ${unread.join('; ')}`;
}

async function readWorkloads(read: () => Promise<unknown>): Promise<string> {
  try {
    await read();
    return 'workloads of all users are readable';
  } catch (error) {
    if (!isUnreadable(error) && !isMissing(error)) throw error;
    throw new OperationsError(`the workloads of pools cannot be read: ${error.message}`, {
      hint: 'Grant the user modelarts:pool:get. Without it teardowns need --with-jobs, and sweeps and leases keep pools.',
      cause: error,
    });
  }
}

/** The pool was listed just now, so a 404 is about the call. */
function isMissing(error: unknown): error is ModelArtsError {
  return error instanceof ModelArtsError && error.kind === 'notFound';
}

async function unreadOf(what: string, read: () => Promise<unknown>): Promise<string | null> {
  try {
    await read();
    return null;
  } catch (error) {
    if (error instanceof ModelArtsError) return `${what}: ${error.message}`;
    throw error;
  }
}
