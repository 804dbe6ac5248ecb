/** One row of the configuration's documentation: names that mean the same thing, the first one preferred. */
export interface ConfigRow {
  readonly names: readonly string[];
  readonly meaning: string;
  readonly default: string;
  readonly isSecret: boolean;
}

function row(names: string | readonly string[], meaning: string, fallback = 'none'): ConfigRow {
  return { names: typeof names === 'string' ? [names] : names, meaning, default: fallback, isSecret: false };
}

function secret(names: string | readonly string[], meaning: string): ConfigRow {
  return { ...row(names, meaning), isSecret: true };
}

/** Every variable that the product reads; the documentation and the compose file's test are made from it. */
export const configTable: readonly ConfigRow[] = [
  row(
    'MODELARTS_ENDPOINT',
    'base URL of ModelArts; set it for other clouds',
    'https://modelarts.{region}.myhuaweicloud.com',
  ),
  row(['MODELARTS_REGION', 'HW_REGION_NAME', 'OS_REGION_NAME'], 'region; needed when there is no endpoint'),
  row(['MODELARTS_PROJECT_ID', 'HW_PROJECT_ID', 'OS_PROJECT_ID'], 'id of the project to work in; always needed'),
  secret('MODELARTS_TOKEN', 'a ready X-Auth-Token; it is not renewed'),
  row(['HUAWEICLOUD_SDK_AK', 'HW_ACCESS_KEY', 'OS_ACCESS_KEY'], 'access key; requests are signed with it'),
  secret(['HUAWEICLOUD_SDK_SK', 'HW_SECRET_KEY', 'OS_SECRET_KEY'], 'secret key of the same family as the access key'),
  secret(['HUAWEICLOUD_SDK_SECURITY_TOKEN', 'HW_SECURITY_TOKEN'], 'security token of temporary keys'),
  row(['IAM_ENDPOINT', 'OS_AUTH_URL'], 'base URL of IAM, for a token by password'),
  row('OS_USERNAME', 'IAM user'),
  secret('OS_PASSWORD', 'password of the IAM user'),
  row(['OS_USER_DOMAIN_NAME', 'OS_DOMAIN_NAME'], 'account (domain) of the IAM user'),
  row('OS_PROJECT_NAME', 'project that the token is for, as cn-north-4'),
  row('MAOPS_SIMULATOR', 'URL of a simulator to work on while none of the variables above is set'),
  row('TEMPORAL_ADDRESS', 'host:port of the Temporal server; when set, `maops dev` starts none', 'localhost:7233'),
  row('TEMPORAL_NAMESPACE', 'Temporal namespace', 'default'),
  secret('TEMPORAL_API_KEY', 'API key of Temporal Cloud'),
  row('TEMPORAL_TLS', 'true or false (also 1, 0, yes, no): TLS to the server', 'true with an API key, else false'),
  row(['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_CERT_DATA'], 'client certificate for mutual TLS'),
  secret(['TEMPORAL_TLS_CLIENT_KEY_PATH', 'TEMPORAL_TLS_CLIENT_KEY_DATA'], 'key of the client certificate'),
  row(['TEMPORAL_TLS_SERVER_CA_CERT_PATH', 'TEMPORAL_TLS_SERVER_CA_CERT_DATA'], 'certificate authority of the server'),
  row('TEMPORAL_TLS_SERVER_NAME', 'name that the server certificate must have'),
  row('TEMPORAL_PROFILE', 'profile of the Temporal configuration file', 'default'),
  row('TEMPORAL_CONFIG_FILE', 'the Temporal configuration file', 'that of the Temporal CLI'),
  row('MAOPS_TASK_QUEUE', 'task queue of workflows and calls; waits have a second one, NAME-waits', 'modelarts-ops'),
  row('MAOPS_INSTALLATION', 'id that goes into markers: 6 hex digits', "the first 6 of the namespace's UUID"),
  row('MAOPS_ACTOR', 'who commands are by', 'the user of the operating system'),
  row(
    'MAOPS_BUILD_ID',
    'version of this worker for Temporal Worker Versioning: runs stay on the version that they began on',
    'no versioning',
  ),
  row('MAOPS_POLL_MIN', 'shortest pause between two looks at the same resources', '5s'),
  row('MAOPS_POLL_MAX', 'longest pause between two looks, and between two reports of node counts', '30s'),
  row('MAOPS_POLL_WINDOW', 'how long one wait activity waits before it hands over', '5m'),
  row('MAOPS_ABNORMAL_GRACE', 'how long Abnormal or Error may last before a create fails', '5m'),
  row('MAOPS_CONSISTENCY_WINDOW', 'how long to look again after a create with an unknown outcome', '2m'),
  row('MAOPS_HTTP_TIMEOUT', 'time-out of one API call, at most 60s', '15s'),
  row('MAOPS_MAX_RPS', 'API calls per second of one worker process; the account sees the sum of all', '5'),
  row('MAOPS_CALL_SLOTS', 'activities of one worker at once that make a call: creates, deletes, reads', '200'),
  row('MAOPS_WAIT_SLOTS', 'activities of one worker at once that wait, or read the whole project', '2000'),
  row('MAOPS_METRICS_ADDRESS', 'host:port of the Prometheus metrics', 'no metrics'),
  row('MAOPS_HEALTH_ADDRESS', 'host:port of /healthz and /readyz (docs/deploying.md)', 'no listener'),
  row('MAOPS_LOG', 'pretty or json', 'pretty on a terminal, else json'),
  row('MAOPS_LOG_LEVEL', 'trace, debug, info, warn or error', 'info'),
  secret(
    'MAOPS_CODEC_KEYS',
    'payload encryption keys `id:base64,…` of 32 bytes; the first one writes, all of them read',
  ),
  secret('MAOPS_WEBHOOK_SECRET', 'key of the HMAC that signs webhooks'),
  row('MAOPS_PRICES', 'price table (YAML file)', 'no costs shown'),
  row('MAOPS_TEMPORAL_CLI', 'path of a `temporal` binary for the embedded server', '`temporal` on PATH'),
];
