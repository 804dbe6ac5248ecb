import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { read, root, writtenCompose } from './compose.js';

/** What `npm pack` would put into the package; no script is run for it. */
const packed = new Set(
  (
    JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' }),
    ) as { files: { path: string }[] }[]
  ).flatMap(({ files }) => files.map((file) => file.path)),
);
const isPacked = (name: string) => packed.has(name) || [...packed].some((file) => file.startsWith(`${name}/`));

describe('the npm package', () => {
  test('includes the files that the compose file builds from and mounts', () => {
    const mounted = Object.values(writtenCompose().services)
      .flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''))
      .filter((source) => source.startsWith('./'))
      .map((source) => path.normalize(source));
    const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.*) \S+$/gm)]
      .flatMap(([, sources = '']) => sources.split(' '))
      // Left out of every package by npm; the Dockerfile does without.
      .filter((source) => source !== 'package-lock.json*');
    expect(mounted.length).toBeGreaterThan(2);
    expect(copied.length).toBeGreaterThan(4);
    const needed = ['docker-compose.yml', 'Dockerfile', '.dockerignore', '.env.example', 'deploy/simulator.env'];
    for (const name of [...needed, ...mounted, ...copied])
      expect({ name, isPacked: isPacked(name) }).toEqual({ name, isPacked: true });
  });

  test('includes every file that its pages link to', () => {
    const pages = [...packed].filter((name) => name.endsWith('.md'));
    expect(pages).toContain('README.md');
    const missing = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?![a-z]+:)([^)#\s]+)/g)]
        .map(([, target = '']) => path.normalize(path.join(path.dirname(page), target)).replace(/\/$/, ''))
        .filter((target) => !isPacked(target))
        .map((target) => `${page} -> ${target}`),
    );
    expect(missing).toEqual([]);
  });

  test('includes no credentials, tests or local files', () => {
    const foreign = [...packed].filter((name) =>
      /^(test|bench|node_modules)\/|(^|\/)\.env$|\.(key|pem|db)$/.test(name),
    );
    expect(foreign).toEqual([]);
  });
});
