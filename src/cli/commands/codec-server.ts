import { type Define, example } from '../command.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { collect, readPort } from '../options.js';
import { untilStopped } from '../process.js';

interface Options {
  readonly port?: string;
  readonly host?: string;
  readonly origin?: readonly string[];
}

const usualPort = 8888;
const loopback = '127.0.0.1';
/** Where the UI of `maops dev` and of the Temporal CLI is. */
const usualOrigins = ['http://localhost:8233', 'http://127.0.0.1:8233'];

/** `maops codec-server`: decrypts payloads for the Temporal UI and CLI, until it is told to stop. */
const codecServer: Define = (command, run) => {
  command
    .option('--port <port>', `port to listen on; 0 takes any free one (default ${usualPort})`)
    .option('--host <address>', `address to listen on (default ${loopback})`)
    .option(
      '--origin <url>',
      `a web page that may ask, more than once (default ${usualOrigins.join(' and ')})`,
      collect,
    )
    .addHelpText('after', example('maops codec-server', 'maops codec-server --origin https://temporal.example.com'))
    .action((options: Options) =>
      run(async (context) => {
        const { codecKeys } = context.config();
        if (codecKeys.length === 0) {
          throw new UsageError('MAOPS_CODEC_KEYS is not set, so there is nothing to decrypt: set it as on the workers');
        }
        const host = options.host ?? loopback;
        const port = options.port === undefined ? usualPort : readPort('--port', options.port);
        const origins = (options.origin ?? usualOrigins).map(readOrigin);
        const { createPayloadCodec } = await import('../../codec/payload-codec.js');
        const { serveCodec } = await import('../../codec/server.js');
        const server = await serveCodec({ codec: createPayloadCodec(codecKeys), host, port, origins });
        try {
          const keys = codecKeys.map(({ id }) => id);
          const lines = [
            `codec server listens on ${server.url} (keys ${keys.join(', ')})`,
            `Temporal CLI: temporal workflow show --codec-endpoint ${server.url} -w env/NAME`,
            `Temporal UI: enter ${server.url} as codec endpoint; open for ${origins.join(' and ')}`,
          ];
          context.result({ url: server.url, keys, origins }, () => lines.join('\n'));
          if (host !== loopback && host !== 'localhost') {
            context.notice('It asks nobody who they are: whoever reaches this address reads every payload.');
          }
          await untilStopped(told);
        } finally {
          await server.close();
        }
        return exitCodes.done;
      }),
    );
};

async function told(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** An origin is compared letter by letter with what browsers send, which has no path and no slash at its end. */
function readOrigin(text: string): string {
  // A file's origin is the word null, which any page in a sandboxed frame claims too.
  if (!/^https?:/.test(text) || !URL.canParse(text)) {
    throw new UsageError(`--origin ${text}: write it as http://localhost:8233`);
  }
  return new URL(text).origin;
}

export const commands = { 'codec-server': codecServer };
