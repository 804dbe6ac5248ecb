import type { Session } from '../../client/connect.js';
import { OperationsError } from '../../client/errors.js';
import { castError } from '../../client/temporal/errors.js';
import { ConfigError, type ModelArtsConfig, processEnv, readConfig, readModelArtsConfig } from '../../config.js';
import { waitQueueOf } from '../../contract/ids.js';
import { parseHttpDate } from '../../domain/resource/instant.js';
import type { ModelArts } from '../../modelarts/client.js';
import { ModelArtsError } from '../../modelarts/errors.js';
import { readInstallation } from '../../temporal/installation.js';
import { missingSearchAttributes } from '../../worker/search-attributes.js';
import type { Context } from '../context.js';
import { limited } from '../follow.js';
import type { Check } from '../output/checks.js';
import { checkJobs } from './doctor-jobs.js';
import {
  describeApi,
  describeApis,
  type NotebookApiFinding,
  notebookChecks,
  readNotebookApi,
} from './doctor-notebooks.js';

/**
 * A signed request is refused when the clocks are further apart (docs/api/notebooks-and-auth.md "4.2 AK/SK signing").
 */
const maxSkewMs = 5 * 60_000;
const jobsCheck = 'jobs on pools';
/** Values of `temporal.api.enums.v1.TaskQueueType`. */
const taskQueueTypes = { workflow: 1, activity: 2 } as const;
type TaskQueueType = (typeof taskQueueTypes)[keyof typeof taskQueueTypes];
/** A poller that has not polled for this long is gone. */
const pollerFreshMs = 90_000;

/** Runs every check. A check that depends on a failed one is skipped. */
export async function runChecks(context: Context): Promise<Check[]> {
  const temporal = await temporalChecks(context);
  const service = await serviceChecks(context);
  return [...temporal, ...service, ...otherSettings([...temporal, ...service])];
}

/** Problems in settings that only workers read, unless another row reports them. */
function otherSettings(reported: readonly Check[]): Check[] {
  try {
    readConfig();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const left = error.problems.filter((problem) => !reported.some(({ finding }) => finding.includes(problem)));
    if (left.length === 0) return [];
    return [{ check: 'other settings', state: 'failed', finding: left.join('; '), hint: hintOf(error) }];
  }
}

async function temporalChecks(context: Context): Promise<Check[]> {
  const settings = await attempt('settings for Temporal', async () => {
    const { address, namespace, taskQueue, actor, proxy, tlsBy } = await context.config();
    const route = proxy === null ? '' : ` through proxy ${proxy.address} (${proxy.variable})`;
    const security = tlsBy === null ? '' : `, TLS by ${tlsBy}`;
    return `${address}${route}${security}, namespace ${namespace}, task queue ${taskQueue}, actor ${actor}`;
  });
  if (settings.state === 'failed')
    return [settings, ...skip('Temporal', 'search attributes', 'installation id', 'worker')];
  let session: Session | null = null;
  const reached = await attempt('Temporal', async () => {
    session = await context.session();
    const { connection, place } = session;
    try {
      const { serverVersion } = await connection.workflowService.getSystemInfo({});
      await connection.workflowService.describeNamespace({ namespace: place.namespace });
      return `server ${serverVersion} at ${place.address}, namespace ${place.namespace}`;
    } catch (error) {
      throw castError(error, place, `reading namespace ${place.namespace}`, 'server');
    }
  });
  if (reached.state === 'failed' || session === null)
    return [settings, reached, ...skip('search attributes', 'installation id', 'worker')];
  return [settings, reached, ...(await namespaceChecks(context, session))];
}

async function namespaceChecks(context: Context, { connection, place }: Session): Promise<Check[]> {
  const attributes = await attempt('search attributes', async () => {
    const missing = await missingSearchAttributes(connection, place.namespace);
    if (missing.length === 0) return 'all registered';
    throw new OperationsError(`missing: ${missing.map(({ name }) => name).join(', ')}`, {
      hint: 'Register them with `maops setup`.',
    });
  });
  const installation = await attempt('installation id', async () =>
    readInstallation(connection, place.namespace, (await context.config()).installation),
  );
  const worker = await attempt('worker', () => checkPollers(context, { connection, place }));
  return [attributes, installation, worker];
}

/** A worker polls two task queues, and runs make progress only if both are polled. */
async function checkPollers(context: Context, { connection, place }: Pick<Session, 'connection' | 'place'>) {
  const now = context.terminal.now();
  const pollersOf = async (name: string, taskQueueType: TaskQueueType): Promise<string[]> => {
    const queue = { namespace: place.namespace, taskQueue: { name }, taskQueueType };
    const { pollers } = await connection.workflowService.describeTaskQueue(queue);
    return (pollers ?? [])
      .filter(({ lastAccessTime }) => now - Number(lastAccessTime?.seconds ?? 0) * 1_000 < pollerFreshMs)
      .map(({ identity }) => identity ?? 'unknown');
  };
  const { taskQueue } = place;
  const waitQueue = waitQueueOf(taskQueue);
  const workers = await pollersOf(taskQueue, taskQueueTypes.workflow);
  if (workers.length === 0) {
    throw new OperationsError(`no worker polls task queue ${taskQueue}`, {
      hint: 'Start one with `maops worker`.',
    });
  }
  const waiting = await pollersOf(waitQueue, taskQueueTypes.activity);
  if (waiting.length === 0) {
    throw new OperationsError(
      `no worker polls task queue ${waitQueue}; ${workers.join(', ')} polls only ${taskQueue}`,
      {
        hint: 'Runs cannot make progress. Restart the workers with the current version.',
      },
    );
  }
  return `${workers.length} polling task queue ${taskQueue}, ${waiting.length} polling ${waitQueue}: ${workers.join(', ')}`;
}

async function serviceChecks(context: Context): Promise<Check[]> {
  let config: ModelArtsConfig | null = null;
  const settings = await attempt('settings for ModelArts', async () => {
    config = readModelArtsConfig();
    return await Promise.resolve(
      `${config.endpoint}, project ${config.projectId}, credentials from ${config.credentialsFrom}`,
    );
  });
  if (settings.state === 'failed' || config === null)
    return [settings, ...skip('credentials', 'pools API', ...notebookChecks, jobsCheck, 'clock')];
  const { endpoint } = config as ModelArtsConfig;
  const modelarts = await context.modelarts();
  const options = { signal: context.interrupted };
  const credentials = await attempt('credentials', async () => {
    const { items } = await modelarts.networks.list({}, options);
    return `accepted; networks: ${items.length}`;
  });
  const clock = await attempt('clock', () => checkClock(endpoint, context));
  if (credentials.state === 'failed')
    return [settings, credentials, ...skip('pools API', ...notebookChecks, jobsCheck), clock];
  const pools = await attempt(
    'pools API',
    async () => `pools: ${(await modelarts.pools.list({}, options)).items.length}`,
  );
  const notebooks = await checkNotebookApis(modelarts, options);
  const jobs = await attempt(jobsCheck, () => checkJobs(modelarts, options));
  return [settings, credentials, pools, ...notebooks, jobs, clock];
}

/** One row for each API, after one that says which the account has. */
async function checkNotebookApis(modelarts: ModelArts, options: { signal: AbortSignal }): Promise<Check[]> {
  const findings: NotebookApiFinding[] = [];
  const [summary, ...names] = notebookChecks;
  const rows: Check[] = [];
  for (const [index, api] of (['current', 'historical'] as const).entries())
    rows.push(
      await attempt(names[index] ?? api, async () => {
        const finding = await readNotebookApi(modelarts, api, options);
        findings.push(finding);
        return describeApi(finding);
      }),
    );
  if (findings.length < rows.length) return [...skip(summary), ...rows];
  return [await attempt(summary, async () => await Promise.resolve(describeApis(findings))), ...rows];
}

/** Compares the clock with the Date header of the service, which error responses carry too. */
async function checkClock(endpoint: string, context: Context): Promise<string> {
  const { signal, clear } = limited(context.interrupted, 8_000);
  const response = await fetch(endpoint, { signal })
    .catch(() => {
      throw new OperationsError('not compared: no response from the service');
    })
    .finally(clear);
  await response.body?.cancel();
  const theirs = parseHttpDate(response.headers.get('date'));
  if (theirs === null) return 'not compared: the service sends no Date header';
  const skew = Math.abs(theirs - context.terminal.now());
  const seconds = Math.round(skew / 1_000);
  if (skew <= maxSkewMs) return `differs by ${seconds} s from the service`;
  throw new OperationsError(`differs by ${seconds} s from the service, more than the 5 min that signatures allow`, {
    hint: 'Synchronise the clock of this machine.',
  });
}

/** The row of a check that returns its finding, or a whole row. */
async function attempt(check: string, run: () => Promise<string | Omit<Check, 'check'>>): Promise<Check> {
  try {
    const found = await run();
    return typeof found === 'string' ? { check, state: 'ok', finding: found, hint: null } : { check, ...found };
  } catch (error) {
    return { check, state: 'failed', finding: describe(error), hint: hintOf(error) };
  }
}

function skip(...checks: readonly string[]): Check[] {
  return checks.map((check) => ({ check, state: 'skipped', finding: 'depends on a failed check', hint: null }));
}

function describe(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** Hints by the kind of an API error. */
const hintsOfKinds: Partial<Record<ModelArtsError['kind'], string>> = {
  auth: 'Check the credentials in the settings.',
  permission: 'The credentials are valid but lack a permission. Request it in IAM.',
  throttled: 'The account exceeds its request limit (docs/runbooks/throttled.md). Try again later.',
  unavailable: 'The service has a problem. Try again later.',
  transport: 'Check MODELARTS_ENDPOINT and the network.',
};

function hintOf(error: unknown): string | null {
  if (error instanceof OperationsError) return error.hint;
  if (error instanceof ConfigError) return 'Fix the named variables. docs/configuration.md lists every variable.';
  if (!(error instanceof ModelArtsError)) return null;
  const hint = hintsOfKinds[error.kind] ?? null;
  return error.kind === 'transport' && hint !== null ? `${hint}${unusedProxy()}` : hint;
}

/** A note that ModelArts is called directly, for a network that needs a proxy. */
function unusedProxy(): string {
  const env = processEnv();
  const [name] = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'].filter(
    (variable) => env[variable]?.trim(),
  );
  return name === undefined ? '' : ` ModelArts is called directly; ${name} is ignored.`;
}
