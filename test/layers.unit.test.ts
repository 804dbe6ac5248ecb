import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

// Cycles between files are reported by the lint rule import/no-cycle.

const root = path.resolve(__dirname, '..');
const src = path.join(root, 'src');

interface Import {
  readonly from: string;
  /** Path below src without its extension, or the name of a package. */
  readonly to: string;
  readonly isLocal: boolean;
  readonly isTypeOnly: boolean;
  readonly isDynamic: boolean;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll(path.sep, '/').replace(/\.ts$/, ''));
const read = (file: string) => readFileSync(path.join(src, `${file}.ts`), 'utf8');

const imports: readonly Import[] = files
  // It bundles the code of the other workflows, and is none itself.
  .filter((file) => file !== 'workflows/bundle')
  .flatMap((from) => {
    const pattern = /^(?:import|export)\s+(type\s+)?[^;]*?from\s+'([^']+)'|import\('([^']+)'\)/gms;
    return [...read(from).matchAll(pattern)].map(([, type, fixed, dynamic]) => {
      const target = fixed ?? dynamic ?? '';
      const isLocal = target.startsWith('.');
      const to = isLocal ? path.posix.join(path.posix.dirname(from), target.replace(/\.js$/, '')) : target;
      return { from, to, isLocal, isTypeOnly: type !== undefined, isDynamic: dynamic !== undefined };
    });
  });

/** The layer of a file: its folder in src, or its name when it is in no folder. */
const layerOf = (file: string) => file.split('/')[0] ?? '';
/** The capability of a file in a layer: its folder in the layer, or an empty text. */
const capabilityOf = (file: string) => (file.split('/').length > 2 ? (file.split('/')[1] ?? '') : '');
const show = ({ from, to }: Import) => `${from} -> ${to}`;

/** What each layer may import; `type:` allows types only. `packages` lists every package that a layer may use. */
const arrows: Readonly<Record<string, { layers: readonly string[]; packages?: readonly RegExp[] }>> = {
  domain: { layers: [], packages: [] },
  contract: { layers: ['domain'], packages: [/^@temporalio\/(common|workflow)$/] },
  spec: { layers: ['contract', 'domain'] },
  modelarts: { layers: ['domain'], packages: [/^axios$/, /^zod$/, /^p-map$/, /^node:/] },
  // Of the simulator it needs the environment alone.
  config: { layers: ['domain', 'contract', 'modelarts', 'simulator'] },
  codec: {
    layers: ['type:config'],
    packages: [/^@temporalio\/(common|proto)($|\/)/, /^fastify$/, /^zod$/, /^node:/],
  },
  simulator: { layers: [], packages: [/^fastify$/, /^node:/] },
  inventory: { layers: ['modelarts', 'contract', 'domain', 'spec'], packages: [] },
  probe: { layers: ['modelarts', 'domain'], packages: [/^zod$/] },
  workflows: { layers: ['contract', 'domain', 'type:activities'], packages: [/^@temporalio\/(common|workflow)$/] },
  // What workers and clients share of Temporal's client: describing and starting runs, errors, the connection probe.
  temporal: { layers: ['config', 'contract'], packages: [/^@temporalio\/(client|common)($|\/)/, /^node:/] },
  activities: { layers: ['modelarts', 'contract', 'domain', 'spec', 'inventory', 'temporal'] },
  worker: {
    layers: ['config', 'contract', 'domain', 'spec', 'modelarts', 'codec', 'temporal', 'activities', 'workflows'],
  },
  client: { layers: ['config', 'contract', 'domain', 'spec', 'modelarts', 'inventory', 'codec', 'temporal'] },
  dev: { layers: ['config', 'contract', 'domain', 'spec', 'modelarts', 'simulator', 'worker', 'client'] },
  cli: {
    layers: [
      'config',
      'contract',
      'domain',
      'spec',
      'modelarts',
      'inventory',
      'probe',
      'client',
      'codec',
      'temporal',
      'worker',
      'simulator',
      'dev',
    ],
  },
};

describe('the arrows between layers', () => {
  test.each(Object.keys(arrows))('%s', (layer) => {
    const { layers, packages } = arrows[layer] ?? { layers: [] };
    const wrong = imports
      .filter(({ from, to, isLocal, isTypeOnly }) => {
        if (layerOf(from) !== layer || (isLocal && layerOf(to) === layer)) return false;
        if (!isLocal) return packages !== undefined && !packages.some((allowed) => allowed.test(to));
        return !layers.includes(layerOf(to)) && !(isTypeOnly && layers.includes(`type:${layerOf(to)}`));
      })
      .map(show);
    expect(wrong).toEqual([]);
  });

  test('cover every folder', () => {
    const layers = readdirSync(src).map((name) => name.replace(/\.ts$/, ''));
    expect([...new Set(layers)].sort()).toEqual(Object.keys(arrows).sort());
  });
});

describe('the arrows between capabilities', () => {
  const capabilities = [
    'operation',
    'resource',
    'provision',
    'teardown',
    'lease',
    'sweep',
    'audit',
    'schedule',
    'change',
  ];

  test.each(['workflows', 'activities', 'domain'])('%s has no other folder', (layer) => {
    const folders = new Set(files.filter((file) => layerOf(file) === layer).map(capabilityOf));
    folders.delete('');
    expect([...folders].filter((folder) => !capabilities.includes(folder))).toEqual([]);
  });

  test('a workflow imports shared code, and the teardown that it ends with', () => {
    const allowed: Readonly<Record<string, readonly string[]>> = {
      operation: [],
      resource: ['operation'],
      lease: ['operation', 'resource', 'teardown'],
    };
    const wrong = imports.filter(({ from, to, isLocal }) => {
      const [capability, other] = [capabilityOf(from), capabilityOf(to)];
      if (!isLocal || layerOf(from) !== 'workflows' || layerOf(to) !== 'workflows' || capability === '') return false;
      return other !== capability && !(allowed[capability] ?? ['operation', 'resource']).includes(other);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test('rendering does not import commands', () => {
    const wrong = imports.filter(
      ({ from, to, isTypeOnly }) =>
        from.startsWith('cli/output/') && to.startsWith('cli/') && !to.startsWith('cli/output/') && !isTypeOnly,
    );
    expect(wrong.map(show)).toEqual([]);
  });
});

test('the declarations of commands load no client, schema or parser', () => {
  const loaded = new Set(['cli/main']);
  for (const file of loaded)
    for (const { from, to, isTypeOnly, isDynamic } of imports)
      if (from === file && !isTypeOnly && !isDynamic) loaded.add(to);
  const heavy = /^(zod|axios|yaml|fastify|pino|@grpc\/.*|@temporalio\/.*)$/;
  expect([...loaded].filter((name) => heavy.test(name))).toEqual([]);
  expect(loaded).toContain('cli/commands/env');
});

test('only the configuration reads the environment', () => {
  expect(files.filter((file) => read(file).includes('process.env'))).toEqual(['config/env']);
});

test('every import leads to a file of src', () => {
  const wrong = imports.filter(({ to, isLocal }) => isLocal && !existsSync(path.join(src, `${to}.ts`)));
  expect(wrong.map(show).filter((line) => !line.endsWith('package.json'))).toEqual([]);
});

test('no folder collects leftovers', () => {
  expect(files.filter((file) => /\/(utils|helpers|common|types)\//.test(file))).toEqual([]);
});

test('no module declares an interface twice, because TypeScript would merge the declarations', () => {
  const twice = files.flatMap((file) => {
    const names = [...read(file).matchAll(/^(?:export )?interface (\w+)/gm)].map(([, name]) => name);
    return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${file}: ${name}`);
  });
  expect(twice).toEqual([]);
});
