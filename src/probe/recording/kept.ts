import type { Leaf } from '../schema-node.js';

// The allow list of a recording: what stays as it is. Everything else is replaced.

/** Keys whose values open something. Not even their relations are recorded. */
const secretKey = /token|secret|passw|credential|signature|authorization|cookie|private|access_?key|^ak$|^sk$/i;
const constants: Readonly<Record<string, readonly string[]>> = {
  kind: 'Pool PoolList Node NodeList Network NetworkList ResourceFlavor ResourceFlavorList Workload WorkloadList Event EventList PoolMetricsList job'.split(
    ' ',
  ),
  apiVersion: ['v1', 'v2'],
};
/** Sizes: numbers as text, with a unit. */
const quantityKeys = new Set(['cpu', 'memory', 'size', 'gpu_memory', 'npu_memory', 'dockerBaseSize', 'volume_size']);
const quantity = /^\d{1,9}(\.\d{1,4})?( ?(m|Ki|Mi|Gi|Ti|KiB|MiB|GiB|TiB|KB|MB|GB|TB|Cores))?$/;
/** Flavors are from the public catalogue of the service. */
const flavorKeys = new Set(['flavor', 'resource_flavor', 'jobFlavors[]', 'billing_flavor']);
const flavor = /^modelarts\.[a-z]{2,8}\d?(\.[a-z0-9]{1,24}){1,5}$/i;
const codeKeys = new Set(['error_code', 'errorCode', 'code']);
const code = /^((ModelArts|APIGW|APIG|IAM)\.)?\d{3,9}$/;
/** Documented labels and annotations (docs/api/pools-and-flavors.md "2.6 Pool object"). */
const labelKeys = new Set(
  [
    'workspace.id name resource.id tenant.domain.id create-from sharing order.name node.prefix tenant.project.id',
    'enterprise.project.id nobilling region privileged description billing.mode period.num period.type auto.renew',
    'promotion.info service.console.url order.id flavor.resource.ids tms.tags scheduler.extension external-access',
    'tenant.domain.name scope billing.status',
  ]
    .join(' ')
    .split(' ')
    .map((key) => `os.modelarts/${key}`)
    .concat(
      'os.modelarts.pool/biz os.modelarts.pool/subpools.count os.modelarts.flavor/baremetal os.modelarts.flavor/localdisk os.modelarts.node/nodepool url target_domain category type cpu memory'.split(
        ' ',
      ),
    ),
);
const labelWord =
  /^(true|false|shared|unshared|public|private|\d{1,4}|(Train|Infer|Notebook)(\.(Train|Infer|Notebook))*)$/;

export function isSecretKey(key: string): boolean {
  return secretKey.test(key);
}

/** Whether the key of a map is documented. Other keys may be data. */
export function isKeptLabel(key: string): boolean {
  return labelKeys.has(key);
}

/** Whether the value of a documented label is a closed word or a small number. */
export function isKeptLabelValue(value: string): boolean {
  return labelWord.test(value);
}

/**
 * Whether a text of a known field stays: numbers, sizes, flavors, codes and constants. Words of closed sets have a rule
 * of their own.
 */
export function isKeptText(key: string, leaf: Leaf, value: string, isFlavorRow: boolean): boolean {
  // The default workspace.
  if (value === '0') return true;
  if (constants[key]?.includes(value) === true) return true;
  if (leaf === 'number') return /^-?\d{1,10}(\.\d{1,4})?$/.test(value);
  if (leaf === 'flag') return /^(true|false)$/i.test(value);
  if (quantityKeys.has(key) && quantity.test(value)) return true;
  if (codeKeys.has(key) && code.test(value)) return true;
  const isFlavorKey = flavorKeys.has(key) || (isFlavorRow && (key === 'name' || key === 'id'));
  return isFlavorKey && flavor.test(value);
}

/** Whether the key of an unknown field looks like one of a schema, and not like data. */
export function isHarmlessKey(key: string, values: ReadonlySet<string>): boolean {
  return /^[a-z][a-z_]{1,39}$/i.test(key) && !values.has(key.toLowerCase());
}
