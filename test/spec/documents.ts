import * as fc from 'fast-check';
import type { SpecKind } from '../../src/contract/spec.js';
import { setPath } from '../../src/spec/change.js';
import { checkSpec } from '../../src/spec/check.js';

/** A small valid document of each kind, for tests that change one value. */
export const documents: Readonly<Record<SpecKind, Record<string, unknown>>> = {
  provisionPoolThenLaunchNotebook: { name: 'team-a', pool: pool(), notebook: notebook() },
  provisionPool: { name: 'team-a', pool: pool() },
  launchNotebook: { name: 'team-a', notebook: notebook() },
};

export const main: SpecKind = 'provisionPoolThenLaunchNotebook';

function pool() {
  return { flavor: 'modelarts.vm.gpu.t4u8', count: 2, network: 'net-01', scope: ['Train', 'Notebook'] };
}

/** A small valid notebook of the current API. */
export function currentNotebookDocument() {
  return { image: 'pytorch', flavor: 'modelarts.vm.gpu.t4u8', storage: { type: 'evs' } };
}

function notebook() {
  return { profileId: 'Python3-gpu', flavor: 'modelarts.vm.gpu.p100', storage: { type: 'evs' } };
}

/** The problems of the small document with other values, as `path: message` lines. */
export function problemsWith(settings: Readonly<Record<string, unknown>>, kind: SpecKind = main): string[] {
  const checked = checkSpec(kind, changed(settings, kind));
  return checked.ok ? [] : checked.problems.map(({ path, message }) => `${path}: ${message}`);
}

/** The paths of the problems. */
export function pathsWith(settings: Readonly<Record<string, unknown>>, kind: SpecKind = main): string[] {
  const checked = checkSpec(kind, changed(settings, kind));
  return checked.ok ? [] : checked.problems.map(({ path }) => path);
}

/** The normalised spec of the small document with other values. */
export function specWith(settings: Readonly<Record<string, unknown>>, kind: SpecKind = main) {
  const checked = checkSpec(kind, changed(settings, kind));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.spec;
}

function changed(settings: Readonly<Record<string, unknown>>, kind: SpecKind): unknown {
  return Object.entries(settings).reduce<unknown>(
    (document, [path, value]) => setPath(document, path, value),
    documents[kind],
  );
}

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,12}$/);
const textual = fc.oneof(word, fc.nat(), fc.constant('Größe 1'));
const span = (least: number, most: number) =>
  fc.oneof(
    fc.integer({ min: least, max: most }).map((minutes) => `${minutes}m`),
    fc.integer({ min: least, max: most }).map((minutes) => `${minutes * 60}s`),
    fc.integer({ min: Math.ceil(least / 60), max: Math.floor(most / 60) }).map((hours) => `${hours}h`),
  );
/** With a notebook of the current API a name has at most 31 characters. */
const name = fc.stringMatching(/^[a-z][a-z0-9-]{2,29}[a-z0-9]$/);
const words = fc.uniqueArray(word, { maxLength: 3 });
const optional: { requiredKeys: [] } = { requiredKeys: [] };

const choices = fc.oneof(
  fc.record({ flavor: textual, count: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ flavors: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }), count: fc.integer({ min: 1, max: 9 }) }),
  fc.record({
    resources: fc.uniqueArray(
      fc.record({ flavor: word, count: fc.integer({ min: 1, max: 9 }), labels: fc.dictionary(word, word) }),
      {
        selector: ({ flavor }) => flavor,
        minLength: 1,
        maxLength: 3,
      },
    ),
  }),
);
const place = fc.oneof(
  fc.record({
    network: textual,
    scope: fc.uniqueArray(fc.constantFrom('Train', 'Infer', 'Notebook'), { minLength: 1 }),
    driver: fc.record(
      { gpuVersion: textual, npuVersion: textual, updateStrategy: fc.constantFrom('idle', 'force') },
      optional,
    ),
    masters: fc.array(fc.record({ az: word }), { maxLength: 2 }),
  }),
  fc.record({ type: fc.constant('Logical'), scope: fc.constant(['Train']), parent: word }),
);
const extras = fc.record(
  {
    description: fc.stringMatching(/^[ a-z]{0,58}$/),
    workspaceId: textual,
    sharing: fc.constantFrom('shared', 'unshared', null),
    jobFlavors: words,
    schedulerExtension: fc.boolean(),
    billing: fc.record(
      { mode: fc.constantFrom('0', 0), autoPay: fc.boolean(), autoRenew: fc.constantFrom(0, '1') },
      optional,
    ),
  },
  optional,
);
const poolDocument = fc.tuple(choices, place, extras).map(([a, b, c]) => ({ ...a, ...b, ...c }));

const storage = fc.oneof(
  fc.record({ type: fc.constant('evs'), volumeSize: fc.integer({ min: 5, max: 4096 }) }, { requiredKeys: ['type'] }),
  fc.record({
    type: fc.constant('obs'),
    path: fc.tuple(word, word).map(([bucket, folder]) => `/${bucket}/${folder}/`),
  }),
);
const historicalNotebook = fc.record(
  {
    profileId: textual,
    flavor: textual,
    storage,
    name: fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), fc.nat()),
    autoStop: fc.oneof(
      span(60, 1440),
      fc.record({ enable: fc.constant(true), duration: span(60, 1440) }),
      fc.constant({ enable: false }),
    ),
    description: fc.stringMatching(/^[ a-z]{0,200}$/),
    annotations: fc.dictionary(word, textual),
    aiProject: textual,
  },
  { requiredKeys: ['profileId', 'flavor', 'storage'] },
);
const uuid = fc.uuid();
const volume = fc.oneof(
  fc.record({ type: fc.constant('evs'), volumeSize: fc.integer({ min: 5, max: 4096 }) }, { requiredKeys: ['type'] }),
  fc.record({ type: fc.constantFrom('obs', 'obsfs'), uri: word }),
  fc.record({ type: fc.constant('efs'), ownership: fc.constant('managed') }),
);
const currentNotebook = fc
  .tuple(
    fc.oneof(fc.record({ flavor: textual }), fc.record({ flavor: word, customSpec: fc.constant(null) })),
    fc.record(
      {
        image: fc.oneof(word, uuid),
        storage: volume,
        api: fc.constant('current'),
        name: fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), fc.nat()),
        dataVolumes: fc.uniqueArray(volume, { selector: (one) => JSON.stringify(one), maxLength: 2 }),
        autoStop: span(60, 72 * 60),
        ssh: fc.record({ keyPairs: fc.uniqueArray(word, { minLength: 1, maxLength: 2 }) }),
        hooks: fc.record({ preStart: fc.record({ command: word }) }),
        tags: fc.dictionary(word, word),
        description: fc.stringMatching(/^[ a-z]{0,200}$/),
        workspaceId: fc.constantFrom('0', 0, 'a'.repeat(32)),
      },
      { requiredKeys: ['image', 'storage'] },
    ),
  )
  .map(([a, b]) => ({ ...a, ...b }));
const notebookDocument = fc.oneof(historicalNotebook, currentNotebook);
const ending = fc.record(
  {
    deadlines: fc.record({ pool: span(0, 600), ask: span(0, 600), undo: span(0, 600) }, optional),
    onFailure: fc.constantFrom('rollback', 'ask', 'keep'),
    onCancel: fc.constantFrom('rollback', 'keep'),
  },
  optional,
);
const lease = fc.record(
  { ttl: span(600, 900), max: span(900, 9000), warnings: fc.constantFrom([], ['5m', '1h'], ['90m', '2h']) },
  { requiredKeys: ['ttl'] },
);
const ownership = fc.record(
  { lease, approval: fc.record({ timeout: span(1, 600), required: fc.boolean() }, optional) },
  optional,
);

/** Valid documents of each kind, in every form in which they may be written. */
export const anyDocument: Readonly<Record<SpecKind, fc.Arbitrary<Record<string, unknown>>>> = {
  provisionPoolThenLaunchNotebook: fc
    .tuple(fc.record({ name, pool: poolDocument, notebook: notebookDocument }), ending, ownership)
    .map(([a, b, c]) => ({ ...a, ...b, ...c })),
  provisionPool: fc
    .tuple(fc.record({ name, pool: poolDocument }), ending, ownership)
    .map(([a, b, c]) => ({ ...a, ...b, ...c })),
  launchNotebook: fc.tuple(fc.record({ name, notebook: notebookDocument }), ending).map(([a, b]) => ({ ...a, ...b })),
};
