import {
  baseUrl,
  cacheSize,
  codecKeys,
  credential,
  duration,
  flag,
  grpcAddress,
  httpTimeout,
  iamUrl,
  installationId,
  listenAddress,
  type Parser,
  plainText,
  positiveDuration,
  projectId,
  rate,
  regionId,
  secretText,
  slots,
  threads,
  word,
  workflowSlots,
} from './parsers.js';

/** The declaration of an environment variable. The readers, the documentation and the tests use it. */
export interface Variable<T = unknown, Fallback = unknown> {
  /** Names with the same meaning. The first one that is set counts. */
  readonly names: readonly string[];
  readonly parser: Parser<T>;
  readonly description: string;
  /** The value when none of the names is set. */
  readonly fallback: Fallback;
  /** The default as the documentation shows it. */
  readonly shownDefault: string;
  readonly isSecret: boolean;
}

type Names = string | readonly string[];

function optional<T>(names: Names, parser: Parser<T>, description: string, shownDefault = 'none'): Variable<T, null> {
  const all = typeof names === 'string' ? [names] : names;
  return { names: all, parser, description, fallback: null, shownDefault, isSecret: false };
}

function secret<T>(names: Names, parser: Parser<T>, description: string): Variable<T, null> {
  return { ...optional(names, parser, description), isSecret: true };
}

/** A variable whose default is written as a user would set it. */
function withDefault<T>(name: string, parser: Parser<T>, text: string, description: string): Variable<T, T> {
  const parsed = parser(text);
  if (!parsed.ok) throw new Error(`the default of ${name} must be ${parsed.expected}`);
  return { ...optional(name, parser, description, text), fallback: parsed.value };
}

export const logFormats = ['pretty', 'json'] as const;
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** Every variable that the product reads, in the order of docs/configuration.md. */
export const variables = {
  endpoint: optional(
    'MODELARTS_ENDPOINT',
    baseUrl,
    'base URL of ModelArts; needed for clouds with another domain',
    'https://modelarts.{region}.myhuaweicloud.com',
  ),
  region: optional(
    ['MODELARTS_REGION', 'HW_REGION_NAME', 'OS_REGION_NAME'],
    regionId,
    'region; required unless the endpoint is set',
  ),
  projectId: optional(
    ['MODELARTS_PROJECT_ID', 'HW_PROJECT_ID', 'OS_PROJECT_ID'],
    projectId,
    'id of the project; required',
  ),
  token: secret('MODELARTS_TOKEN', credential, 'X-Auth-Token; it is not renewed'),
  // Names at the same position of the next three variables belong to one family: the SDKs, Terraform and OpenStack.
  accessKey: optional(
    ['HUAWEICLOUD_SDK_AK', 'HW_ACCESS_KEY', 'OS_ACCESS_KEY'],
    credential,
    'access key that signs requests',
  ),
  secretKey: secret(
    ['HUAWEICLOUD_SDK_SK', 'HW_SECRET_KEY', 'OS_SECRET_KEY'],
    credential,
    'secret key from the same family as the access key',
  ),
  securityToken: secret(
    ['HUAWEICLOUD_SDK_SECURITY_TOKEN', 'HW_SECURITY_TOKEN'],
    credential,
    'security token of a temporary access key',
  ),
  iamEndpoint: optional(['IAM_ENDPOINT', 'OS_AUTH_URL'], iamUrl, 'base URL of IAM; password authentication only'),
  username: optional('OS_USERNAME', plainText, 'IAM user'),
  password: secret('OS_PASSWORD', plainText, 'password of the IAM user'),
  userDomain: optional(['OS_USER_DOMAIN_NAME', 'OS_DOMAIN_NAME'], plainText, 'account (domain) of the IAM user'),
  projectName: optional('OS_PROJECT_NAME', plainText, 'project of the IAM token, such as cn-north-4'),
  simulator: optional('MAOPS_SIMULATOR', baseUrl, 'URL of a simulator to use when no variable above is set'),
  temporalAddress: withDefault(
    'TEMPORAL_ADDRESS',
    grpcAddress,
    'localhost:7233',
    'host:port of the Temporal server; `maops dev` starts its own server unless this is set',
  ),
  temporalNamespace: withDefault('TEMPORAL_NAMESPACE', plainText, 'default', 'Temporal namespace'),
  temporalApiKey: secret('TEMPORAL_API_KEY', credential, 'API key of Temporal Cloud'),
  temporalTls: optional(
    'TEMPORAL_TLS',
    flag,
    'use TLS: true or false (or 1, 0, yes, no, on, off)',
    'true with an API key, otherwise false',
  ),
  clientCertificate: optional(
    ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_CERT_DATA'],
    plainText,
    'client certificate for mutual TLS',
  ),
  clientKey: secret(
    ['TEMPORAL_TLS_CLIENT_KEY_PATH', 'TEMPORAL_TLS_CLIENT_KEY_DATA'],
    plainText,
    'private key of the client certificate',
  ),
  serverCa: optional(
    ['TEMPORAL_TLS_SERVER_CA_CERT_PATH', 'TEMPORAL_TLS_SERVER_CA_CERT_DATA'],
    plainText,
    'CA certificate that signed the server certificate',
  ),
  serverName: optional('TEMPORAL_TLS_SERVER_NAME', plainText, 'host name to expect in the server certificate'),
  temporalProfile: optional('TEMPORAL_PROFILE', plainText, 'profile in the Temporal configuration file', 'default'),
  temporalConfigFile: optional(
    'TEMPORAL_CONFIG_FILE',
    plainText,
    'path of the Temporal configuration file',
    'the file of the Temporal CLI',
  ),
  taskQueue: withDefault(
    'MAOPS_TASK_QUEUE',
    plainText,
    'modelarts-ops',
    'task queue of workflows and calls; waits use a second queue, NAME-waits',
  ),
  installation: optional(
    'MAOPS_INSTALLATION',
    installationId,
    'installation id in ownership markers: 6 hex digits',
    "first 6 digits of the namespace's UUID",
  ),
  actor: optional('MAOPS_ACTOR', plainText, 'actor recorded for commands', 'the operating system user'),
  buildId: optional(
    'MAOPS_BUILD_ID',
    plainText,
    'build id of this worker for Worker Versioning; a run stays on the version that started it',
    'no versioning',
  ),
  pollMin: withDefault('MAOPS_POLL_MIN', positiveDuration, '5s', 'shortest pause between two polls of a resource'),
  pollMax: withDefault(
    'MAOPS_POLL_MAX',
    positiveDuration,
    '30s',
    'longest pause between two polls, and between two progress reports of node counts',
  ),
  pollWindow: withDefault('MAOPS_POLL_WINDOW', positiveDuration, '5m', 'longest run time of one wait activity'),
  abnormalGrace: withDefault(
    'MAOPS_ABNORMAL_GRACE',
    duration,
    '5m',
    'how long a resource may stay Abnormal or Error before its create fails',
  ),
  consistencyWindow: withDefault(
    'MAOPS_CONSISTENCY_WINDOW',
    duration,
    '2m',
    'how long a created resource may be missing from lists',
  ),
  httpTimeout: withDefault('MAOPS_HTTP_TIMEOUT', httpTimeout, '15s', 'timeout of one API call, at most 60s'),
  maxRps: withDefault(
    'MAOPS_MAX_RPS',
    rate,
    '5',
    'API calls per second of the account; the live workers of a task queue share them',
  ),
  callSlots: withDefault(
    'MAOPS_CALL_SLOTS',
    slots,
    '200',
    'concurrent activities per worker that create, delete or read a resource',
  ),
  waitSlots: withDefault(
    'MAOPS_WAIT_SLOTS',
    slots,
    '2000',
    'concurrent activities per worker that wait for a resource or read the whole project',
  ),
  workflowSlots: optional(
    'MAOPS_WORKFLOW_SLOTS',
    workflowSlots,
    'concurrent workflow tasks per worker',
    '6 for each workflow thread',
  ),
  workflowThreads: optional(
    'MAOPS_WORKFLOW_THREADS',
    threads,
    'threads that run workflows',
    'half of the cores, 1 to 8',
  ),
  cachedWorkflows: optional(
    'MAOPS_CACHED_WORKFLOWS',
    cacheSize,
    'workflows that a worker keeps in memory',
    'by the memory limit, 50 to 5000',
  ),
  stickyTimeout: optional(
    'MAOPS_STICKY_TIMEOUT',
    positiveDuration,
    'how long a workflow task waits for the worker that has the workflow cached',
    '3s',
  ),
  metricsAddress: optional('MAOPS_METRICS_ADDRESS', listenAddress, 'host:port of Prometheus metrics', 'no metrics'),
  healthAddress: optional(
    'MAOPS_HEALTH_ADDRESS',
    listenAddress,
    'host:port of /healthz and /readyz (docs/deploying.md)',
    'no health checks',
  ),
  log: optional('MAOPS_LOG', word(logFormats), 'log format: pretty or json', 'pretty on a terminal, otherwise json'),
  logLevel: withDefault('MAOPS_LOG_LEVEL', word(logLevels), 'info', 'trace, debug, info, warn or error'),
  codecKeys: secret(
    'MAOPS_CODEC_KEYS',
    codecKeys,
    'payload encryption keys `id:base64,…` of 32 bytes; the first one encrypts, all of them decrypt',
  ),
  webhookSecret: secret('MAOPS_WEBHOOK_SECRET', secretText, 'HMAC key that signs webhooks'),
  prices: optional('MAOPS_PRICES', plainText, 'path of the price table (YAML)', 'costs are not shown'),
  temporalCli: optional(
    'MAOPS_TEMPORAL_CLI',
    plainText,
    'path of a `temporal` binary for the embedded server',
    '`temporal` on PATH',
  ),
};

export const allVariables: readonly Variable[] = Object.values(variables);
