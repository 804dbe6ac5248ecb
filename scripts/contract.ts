import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { DEFAULT_USERS } from '../src/simulator/auth/credentials.js';
import { DEFAULT_PROJECT_ID } from '../src/simulator/client-environment.js';
import { createFollowingClock } from '../src/simulator/clock.js';
import { serveSimulator } from '../src/simulator/server.js';
import { createSimulator } from '../src/simulator/simulator.js';

const help = `Runs the vendor's Python SDK against the simulator (test/contract/README.md).

  npm run contract                 one line per call
  npm run contract -- --record     also records the calls in test/contract/recordings
  npm run contract -- --if-possible    prints the reason and exits with 0 when Python or the SDK is missing
  npm run contract -- --cache DIR      installs the SDK elsewhere

Exit code 1: an answer differs from what the SDK reads. Exit code 2: Python or the SDK is missing.
Needs python3 with venv and pip, and on the first run a package index. The SDK is installed into node_modules/.cache.`;

const root = path.resolve(import.meta.dirname, '..');
const requirements = path.join(root, 'test/contract/requirements.txt');
const run = promisify(execFile);

/**
 * A failure with a way out, printed without a stack. `details` may name hosts, so a skipped run does not print them.
 */
class Unprepared extends Error {
  constructor(
    message: string,
    readonly details = '',
  ) {
    super(message);
  }
}

/** Longest time for one step of the installation. Without a network, pip gives up after seconds. */
const stepMs = 180_000;
const pipOptions = ['--quiet', '--disable-pip-version-check', '--no-input', '--timeout', '5', '--retries', '1'];

/** The Python of a virtual environment with the pinned SDK. One folder per version of the requirements. */
async function preparePython(cache: string): Promise<string> {
  const version = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(cache, version);
  const python = path.join(folder, 'bin/python');
  if (await succeeds(python, ['-c', 'import huaweicloudsdkmodelarts'])) return python;
  if (!(await succeeds('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']))) {
    throw new Unprepared('python3 is missing or older than 3.8. Install it and run again.');
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.dirname(folder), { recursive: true });
  console.log(`Installing ${path.relative(root, requirements)} ...`);
  const failed = (what: string) => (error: Error & { stderr?: string }) => {
    throw new Unprepared(what, (error.stderr || error.message).trim().slice(-2000));
  };
  const limit = { timeout: stepMs };
  await run('python3', ['-m', 'venv', folder], limit).catch(
    failed('python3 -m venv failed. Install venv and pip of Python.'),
  );
  const install = ['-m', 'pip', 'install', ...pipOptions, '-r', requirements];
  await run(python, install, limit).catch(
    failed('pip could not install the SDK. Check the connection to the package index.'),
  );
  return python;
}

const succeeds = async (command: string, args: readonly string[]) =>
  await run(command, [...args]).then(
    () => true,
    () => false,
  );

/** Keys of the simulator's users, as CONTRACT_<user>_AK, _SK and _TOKEN. */
function keyVariables(): Record<string, string> {
  const [ops, neighbour] = DEFAULT_USERS;
  const [lasting, temporary] = ops?.keys ?? [];
  const keys = { OPS: lasting, TEMPORARY: temporary, NEIGHBOUR: neighbour?.keys[0] };
  return Object.fromEntries(
    Object.entries(keys).flatMap(([user, key]) => [
      [`CONTRACT_${user}_AK`, key?.ak ?? ''],
      [`CONTRACT_${user}_SK`, key?.sk ?? ''],
      [`CONTRACT_${user}_TOKEN`, key?.securityToken ?? ''],
    ]),
  );
}

async function runContract(python: string, record: boolean): Promise<number> {
  const server = await serveSimulator(createSimulator({ clock: createFollowingClock(Date.now) }));
  try {
    const folder = path.join(root, 'test/contract');
    const args = [path.join(folder, 'sdk/main.py'), ...(record ? ['--record', path.join(folder, 'recordings')] : [])];
    const env = {
      PATH: process.env.PATH ?? '',
      PYTHONDONTWRITEBYTECODE: '1',
      NO_PROXY: '*',
      CONTRACT_ENDPOINT: server.url,
      CONTRACT_PROJECT: DEFAULT_PROJECT_ID,
      ...keyVariables(),
    };
    if (record) await mkdir(path.join(folder, 'recordings'), { recursive: true });
    const child = spawn(python, args, { env, stdio: 'inherit' });
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
  } finally {
    await server.close();
  }
}

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    'if-possible': { type: 'boolean', default: false },
    cache: { type: 'string', default: path.join(root, 'node_modules/.cache/modelarts-ops-contract') },
  },
});

try {
  if (values.help) console.log(help);
  else process.exitCode = await runContract(await preparePython(values.cache), values.record);
} catch (error) {
  if (!(error instanceof Unprepared)) throw error;
  if (values['if-possible']) {
    console.log(`contract: skipped. ${error.message} The recorded calls of the SDK were replayed all the same.`);
  } else {
    console.error([error.message, error.details].join('\n').trim());
    process.exitCode = 2;
  }
}
