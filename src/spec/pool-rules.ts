import { type Fields, type Finding, isFields, listAt, sectionAt } from './finding.js';
import { flavorHardware, type Hardware } from './hardware.js';

/**
 * The rules of the `pool` section that concern several fields (docs/api/pools-and-flavors.md "2.2 Create", "2.7 What to
 * validate on create" and "9. Further points of the primary pages").
 */
export function poolRules(pool: Fields): Finding[] {
  return [
    ...flavorRules(pool),
    ...typeRules(pool),
    ...driverRules(pool),
    ...periodRules(sectionAt(pool, 'billing')),
  ].map(({ path, message }) => ({ path: ['pool', ...path], message }));
}

function* flavorRules(pool: Fields): Iterable<Finding> {
  if (pool.flavor !== undefined && pool.flavors !== undefined) {
    yield { path: ['flavor'], message: 'not allowed together with `flavors`. Remove one of the two.' };
  }
  if (pool.resources !== undefined) {
    for (const key of ['flavor', 'flavors', 'count']) {
      if (pool[key] !== undefined)
        yield { path: [key], message: `not allowed together with \`resources\`. Remove \`${key}\`.` };
    }
    yield* repeatedFlavors(pool);
    return;
  }
  if (pool.flavor === undefined && pool.flavors === undefined) {
    yield {
      path: ['flavors'],
      message: 'required. Alternatives: `flavor`, or `resources` instead of `flavors` and `count`.',
    };
  }
  if (pool.count === undefined) yield { path: ['count'], message: 'required' };
}

/** Two resources of one flavor differ in node pool or step (docs/api/pools-and-flavors.md "0.1 Corrections"). */
function* repeatedFlavors(pool: Fields): Iterable<Finding> {
  const seen = new Set<string>();
  for (const [index, resource] of listAt(pool, 'resources').entries()) {
    if (!isFields(resource) || resource.flavor === undefined) continue;
    const key = JSON.stringify([resource.flavor, resource.nodePool ?? null, resource.creatingStep ?? null]);
    if (seen.has(key)) {
      const message = 'must differ from the flavors of the other resources, or name another nodePool';
      yield { path: ['resources', index, 'flavor'], message };
    }
    seen.add(key);
  }
}

function* typeRules(pool: Fields): Iterable<Finding> {
  if (pool.type !== 'Logical') {
    if (pool.network === undefined)
      yield { path: ['network'], message: 'required for a Dedicate pool. List networks with `maops network list`.' };
    return;
  }
  for (const key of ['network', 'masters', 'driver']) {
    if (pool[key] !== undefined) yield { path: [key], message: 'not allowed for a Logical pool' };
  }
  for (const [index, scope] of listAt(pool, 'scope').entries()) {
    if (scope !== 'Train') yield { path: ['scope', index], message: 'must be Train for a Logical pool' };
  }
}

function* driverRules(pool: Fields): Iterable<Finding> {
  const driver = sectionAt(pool, 'driver');
  if (driver.gpuVersion !== undefined) yield* hardwareRule(pool, 'gpuVersion', 'GPU');
  if (driver.npuVersion !== undefined) yield* hardwareRule(pool, 'npuVersion', 'NPU');
}

/** Only one of `flavors` is used, so each must fit. All `resources` are created, so one that fits is enough. */
function* hardwareRule(pool: Fields, key: string, wanted: Hardware): Iterable<Finding> {
  const together = listAt(pool, 'resources').map((resource) => (isFields(resource) ? resource.flavor : undefined));
  const choices = [pool.flavor, ...listAt(pool, 'flavors')];
  const misfits = choices.filter((flavor) => !mayHave(flavor, wanted));
  if (together.length > 0 && !together.some((flavor) => mayHave(flavor, wanted))) misfits.push(...together);
  if (misfits.length > 0) {
    yield {
      path: ['driver', key],
      message: `requires ${wanted}, which is missing in ${misfits.join(', ')}`,
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
    if (subscription) yield { path: ['billing', key], message: 'required with billing mode 1' };
    else if (given.length > 0) yield { path: ['billing', key], message: `required together with ${given.join()}` };
  }
}
