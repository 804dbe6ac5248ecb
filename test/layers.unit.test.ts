import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = path.resolve(__dirname, '..');
const src = path.join(root, 'src');

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name));
}

/** Folder of src that a file belongs to; a file at the top stands for itself. */
function roomOf(file: string): string {
  const [first = ''] = path.relative(src, file).split(path.sep);
  return first.replace(/\.ts$/, '');
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const pattern = /^(?:import|export)\s+(type\s+)?[^;]*?from\s+'([^']+)'|import\('([^']+)'\)/gms;
  return [...text.matchAll(pattern)].map(([, type, from, dynamic]) => {
    const target = from ?? dynamic ?? '';
    const to = target.startsWith('.')
      ? roomOf(path.resolve(path.dirname(file), target.replace(/\.js$/, '.ts')))
      : target;
    return { from: file, to, typeOnly: type !== undefined };
  });
}

/** What each room may import; `type:` allows types only. Packages are checked for the rooms that name them. */
const arrows: Readonly<Record<string, { rooms: readonly string[]; packages?: readonly RegExp[] }>> = {
  // Of the simulator it needs the environment alone.
  config: { rooms: ['domain', 'contract', 'modelarts', 'simulator'] },
  domain: { rooms: [], packages: [] },
  contract: { rooms: ['domain'], packages: [/^@temporalio\/(common|workflow)$/] },
  spec: { rooms: ['contract', 'domain'] },
  workflows: { rooms: ['contract', 'domain', 'type:activities'], packages: [/^@temporalio\/(common|workflow)$/] },
  inventory: { rooms: ['modelarts', 'contract', 'domain', 'spec'], packages: [] },
  activities: { rooms: ['modelarts', 'contract', 'domain', 'spec', 'inventory'] },
  codec: {
    rooms: ['config'],
    packages: [/^@temporalio\/(common|proto)($|\/)/, /^fastify$/, /^zod$/, /^node:/],
  },
  modelarts: { rooms: ['domain'], packages: [/^axios$/, /^p-map$/, /^zod$/, /^node:/] },
  simulator: { rooms: [], packages: [/^fastify$/, /^node:/] },
  // Of the workflows it needs the bundle alone.
  worker: { rooms: ['config', 'contract', 'domain', 'spec', 'modelarts', 'codec', 'activities', 'workflows'] },
  client: { rooms: ['config', 'contract', 'domain', 'spec', 'modelarts', 'inventory', 'codec', 'worker'] },
  // It starts every role.
  cli: {
    rooms: [
      'config',
      'contract',
      'domain',
      'spec',
      'modelarts',
      'inventory',
      'client',
      'codec',
      'worker',
      'simulator',
      'dev',
    ],
  },
  dev: { rooms: ['config', 'contract', 'domain', 'spec', 'modelarts', 'simulator', 'worker', 'client', 'cli'] },
};

describe('the arrows of the design', () => {
  const files = filesBelow(src).filter((file) => !file.endsWith(path.join('workflows', 'bundle.ts')));

  test.each(Object.keys(arrows))('%s imports only what it may', (room) => {
    const { rooms, packages } = arrows[room] ?? { rooms: [] };
    const wrong = files
      .filter((file) => roomOf(file) === room)
      .flatMap(importsOf)
      .filter(({ to, typeOnly }) => {
        if (to === room) return false;
        const isRoom = files.some((file) => roomOf(file) === to);
        if (isRoom) return !rooms.includes(to) && !(typeOnly && rooms.includes(`type:${to}`));
        return packages !== undefined && !packages.some((allowed) => allowed.test(to));
      })
      .map(({ from, to }) => `${path.relative(root, from)} -> ${to}`);
    expect(wrong).toEqual([]);
  });

  test('nothing in src imports a test', () => {
    const wrong = files.flatMap(importsOf).filter(({ to }) => to.includes('test/'));
    expect(wrong).toEqual([]);
  });

  test('only the configuration reads the environment', () => {
    const readers = files
      .filter((file) => /process\.env/.test(readFileSync(file, 'utf8')))
      .map((file) => path.relative(root, file));
    expect(readers).toEqual(['src/config.ts']);
  });

  test('no folder is a drawer for leftovers', () => {
    const drawers = files.filter((file) => /[/\\](utils|helpers|common|types)[/\\]/.test(file));
    expect(drawers).toEqual([]);
  });
});
