import { type Fields, type Finding, isFields, listAt, sectionAt } from './finding.js';
import { flavorHardware, type Hardware } from './hardware.js';

/** The rules of the `pool` section that concern several fields (docs/api/pools-and-flavors.md "2.2 Create", "2.7 What to validate on create" and "9. Further points of the primary pages"). */
export function poolRules(pool: Fields): Finding[] {
  return [
    ...flavorRules(pool),
    ...typeRules(pool),
    ...driverRules(pool),
    ...periodRules(sectionAt(pool, 'billing')),
  ].map(({ way, message }) => ({ way: ['pool', ...way], message }));
}

function* flavorRules(pool: Fields): Iterable<Finding> {
  if (pool.flavor !== undefined && pool.flavors !== undefined) {
    yield { way: ['flavor'], message: 'is short for `flavors`: give one of the two' };
  }
  if (pool.resources !== undefined) {
    for (const key of ['flavor', 'flavors', 'count']) {
      if (pool[key] !== undefined)
        yield { way: [key], message: '`resources` stands in place of `flavors` and `count`: leave this out' };
    }
    yield* repeatedFlavors(pool);
    return;
  }
  if (pool.flavor === undefined && pool.flavors === undefined) {
    yield { way: ['flavors'], message: 'is required (or `flavor`, or `resources` in place of `flavors` and `count`)' };
  }
  if (pool.count === undefined) yield { way: ['count'], message: 'is required' };
}

function* repeatedFlavors(pool: Fields): Iterable<Finding> {
  const seen = new Set<unknown>();
  for (const [index, resource] of listAt(pool, 'resources').entries()) {
    const flavor = isFields(resource) ? resource.flavor : undefined;
    if (flavor !== undefined && seen.has(flavor)) {
      yield {
        way: ['resources', index, 'flavor'],
        message: 'is named by another resource: a flavor is unique in a pool',
      };
    }
    seen.add(flavor);
  }
}

function* typeRules(pool: Fields): Iterable<Finding> {
  if (pool.type !== 'Logical') {
    if (pool.network === undefined) yield { way: ['network'], message: 'is required for a Dedicate pool' };
    return;
  }
  for (const key of ['network', 'masters', 'driver']) {
    if (pool[key] !== undefined) yield { way: [key], message: 'is not allowed for a Logical pool' };
  }
  for (const [index, scope] of listAt(pool, 'scope').entries()) {
    if (scope !== 'Train') yield { way: ['scope', index], message: 'a Logical pool has only the scope Train' };
  }
}

function* driverRules(pool: Fields): Iterable<Finding> {
  const driver = sectionAt(pool, 'driver');
  if (driver.gpuVersion !== undefined) yield* hardwareRule(pool, 'gpuVersion', 'GPU');
  if (driver.npuVersion !== undefined) yield* hardwareRule(pool, 'npuVersion', 'NPU');
}

/** Of `flavors` only one is taken, so each must fit; of `resources` all are made, so one that fits is enough. */
function* hardwareRule(pool: Fields, key: string, wanted: Hardware): Iterable<Finding> {
  const together = listAt(pool, 'resources').map((resource) => (isFields(resource) ? resource.flavor : undefined));
  const choices = [pool.flavor, ...listAt(pool, 'flavors')];
  const misfits = choices.filter((flavor) => !mayHave(flavor, wanted));
  if (together.length > 0 && !together.some((flavor) => mayHave(flavor, wanted))) misfits.push(...together);
  if (misfits.length > 0) {
    yield {
      way: ['driver', key],
      message: `needs ${wanted} flavors, which ${misfits.join(', ')} ${misfits.length > 1 ? 'are' : 'is'} not`,
    };
  }
}

function mayHave(flavor: unknown, wanted: Hardware): boolean {
  const known = typeof flavor === 'string' ? flavorHardware(flavor) : null;
  return known === null || known === wanted;
}

function* periodRules(billing: Fields): Iterable<Finding> {
  const given = ['periodNum', 'periodType'].filter((key) => billing[key] !== undefined);
  const subscription = String(billing.mode) === '1';
  for (const key of ['periodNum', 'periodType']) {
    if (billing[key] !== undefined) continue;
    if (subscription) yield { way: ['billing', key], message: 'is required with billing mode 1' };
    else if (given.length > 0)
      yield { way: ['billing', key], message: `is required with ${given.join()}: the two go together` };
  }
}
