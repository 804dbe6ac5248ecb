import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { commandEntries } from './commands.js';

/** Two levels below the package, as the compiled modules are, so that relative paths lead to the same files. */
const folder = fileURLToPath(new URL('../bundle', import.meta.url));

/** The files of commands that run from the compiled modules (see `main`). */
const roleFiles = commandEntries
  .filter(({ ownsSignals }) => ownsSignals)
  .map(({ verb }) => fileURLToPath(new URL(`./commands/${verb}.js`, import.meta.url)));

/** Leaves out what roles load, such as the worker, whose native part cannot be bundled. */
const withoutRoles: Plugin = {
  name: 'without-roles',
  setup: (esbuild) => {
    esbuild.onResolve({ filter: /./ }, ({ kind, importer, path: wanted }) => {
      const isOfRole = kind === 'dynamic-import' && roleFiles.includes(importer);
      return isOfRole ? { path: wanted, external: true } : null;
    });
  },
};

/** A namespace of protobufjs, as JSON. */
interface Messages {
  nested: Record<string, Messages | undefined>;
  methods?: Record<string, { options?: unknown; parsedOptions?: unknown }>;
}

/**
 * Leaves out the messages of Temporal Cloud and of the worker's native part, and the options of methods, which are for
 * HTTP gateways. Parsed as JSON, the rest loads in half the time.
 */
const withFewerMessages: Plugin = {
  name: 'with-fewer-messages',
  setup: (esbuild) => {
    esbuild.onLoad({ filter: /@temporalio[\\/]proto[\\/]protos[\\/]json-module\.js$/ }, async ({ path: file }) => {
      const code = await readFile(file, 'utf8');
      const [start, end] = [code.indexOf('{\n  "coresdk"'), code.lastIndexOf('});') + 1];
      const messages: Messages['nested'] = JSON.parse(code.slice(start, end));
      const api = messages.temporal?.nested.api;
      if (messages.coresdk === undefined || api?.nested.cloud === undefined)
        throw new Error('@temporalio/proto has other messages than expected. Compare json-module.js with this plugin.');
      delete messages.coresdk;
      delete api.nested.cloud;
      withoutOptions(api);
      const kept = JSON.stringify(JSON.stringify(messages));
      return { contents: `${code.slice(0, start)}JSON.parse(${kept})${code.slice(end)}` };
    });
  },
};

function withoutOptions({ nested = {}, methods = {} }: Partial<Messages>): void {
  for (const method of Object.values(methods)) {
    delete method.options;
    delete method.parsedOptions;
  }
  for (const inner of Object.values(nested)) withoutOptions(inner ?? {});
}

/** Creating a segmenter takes longer than parsing a command line, and most texts are ASCII. */
const withLazySegmenter: Plugin = {
  name: 'with-lazy-segmenter',
  setup: (esbuild) => {
    esbuild.onLoad({ filter: /string-width[\\/]index\.js$/ }, async ({ path: file }) => {
      const code = await readFile(file, 'utf8');
      const contents = code.replace(
        'const segmenter = new Intl.Segmenter();',
        'let made; const segmenter = { segment: (text) => (made ??= new Intl.Segmenter()).segment(text) };',
      );
      if (contents === code) throw new Error('string-width creates its segmenter in another way than expected.');
      return { contents };
    });
  },
};

/**
 * Bundles the command line: hundreds of small modules take most of the time of a short command. Each dynamic import
 * becomes a file of its own. The SDK requires the failure converters by path, so they are entries that share the other
 * files.
 */
await rm(folder, { recursive: true, force: true });
await build({
  entryPoints: ['../cli/main.js', '../codec/failure-converter.js', '../codec/plain-failure-converter.js'].map((entry) =>
    fileURLToPath(new URL(entry, import.meta.url)),
  ),
  outdir: folder,
  entryNames: '[name]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Less to parse. Names stay, because stack traces show them.
  minifyWhitespace: true,
  // For readable stack traces with `--debug`. The sources are published beside it.
  sourcemap: true,
  sourcesContent: false,
  // Packages that are CommonJS modules require built-in modules.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  plugins: [withoutRoles, withFewerMessages, withLazySegmenter],
  logLevel: 'warning',
});
