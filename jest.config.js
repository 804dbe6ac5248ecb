const swc = (syntax) => [
  '@swc/jest',
  { jsc: { parser: { syntax }, target: 'es2022' }, module: { type: 'commonjs' }, sourceMaps: 'inline' },
];
/** Packages that are ES modules alone; jest runs CommonJS. */
const esModules = [
  'string-width',
  'wrap-ansi',
  'strip-ansi',
  'ansi-regex',
  'ansi-styles',
  'get-east-asian-width',
  'p-map',
];
const transform = { '^.+\\.ts$': swc('typescript'), '/node_modules/.+\\.js$': swc('ecmascript') };
const project = (name, options = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/**/*.${name}.test.ts`],
  testEnvironment: '<rootDir>/test/support/plain-global.js',
  setupFiles: ['<rootDir>/test/support/async-storages.ts'],
  extensionsToTreatAsEsm: [],
  transform,
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join('|')})/)`],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  ...options,
});

/** One Temporal server and one workflow bundle for all files; jest runs it only when a file of these projects runs. */
const temporal = {
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
};

/** unit: no sockets, no server. int: real HTTP or a real Temporal server. replay: recorded histories. e2e: child processes. */
export default {
  // Most of the slow tests wait for other processes; jest's default of one worker on two cores would double the time.
  maxWorkers: 2,
  testSequencer: '<rootDir>/test/support/longest-first.js',
  // Workflow sandboxes leave memory behind, which slows the suites that follow in the same process.
  workerIdleMemoryLimit: '500MB',
  // A test that hangs is told from one on a busy machine: the longest that sets no limit of its own takes seconds.
  testTimeout: 180_000,
  projects: [project('unit'), project('int', temporal), project('replay'), project('e2e', temporal)],
};
