import { type Define, example } from '../command.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { collect, readPort } from '../options.js';
import { untilStopped } from '../process.js';

interface Options {
  readonly port?: string;
  readonly host?: string;
  readonly origin?: readonly string[];
}

const defaultPort = 8888;
const loopback = '127.0.0.1';
/** The UI of `maops dev` and of the Temporal CLI. */
const defaultOrigins = ['http://localhost:8233', 'http://127.0.0.1:8233'];

/** `maops codec-server`: decrypts payloads for the Temporal UI and CLI, until a signal. */
const codecServer: Define = (command, run) => {
  command
    .option('--port <port>', `port to listen on; 0 selects any free one (default ${defaultPort})`)
    .option('--host <address>', `address to listen on (default ${loopback})`)
    .option(
      '--origin <url>',
      `origin of a web page that may use the server; repeatable (default ${defaultOrigins.join(' and ')})`,
      collect,
    )
    .addHelpText('after', example('maops codec-server', 'maops codec-server --origin https://temporal.example.com'))
    .action((options: Options) =>
      run(async (context) => {
        const { codecKeys } = await context.config();
        if (codecKeys.length === 0) {
          throw new UsageError('MAOPS_CODEC_KEYS is not set. Set it to the same keys as on the workers.');
        }
        const host = options.host ?? loopback;
        const port = options.port === undefined ? defaultPort : readPort('--port', options.port);
        const origins = (options.origin ?? defaultOrigins).map(readOrigin);
        const { createPayloadCodec } = await import('../../codec/payload-codec.js');
        const { serveCodec } = await import('../../codec/server.js');
        const server = await serveCodec({ codec: createPayloadCodec(codecKeys), host, port, origins });
        try {
          const keys = codecKeys.map(({ id }) => id);
          const lines = [
            `codec server listening on ${server.url} (keys ${keys.join(', ')})`,
            `Temporal CLI: temporal workflow show --codec-endpoint ${server.url} -w env/NAME`,
            `Temporal UI: enter ${server.url} as codec endpoint; allowed origins: ${origins.join(', ')}`,
          ];
          context.result({ url: server.url, keys, origins }, () => lines.join('\n'));
          if (host !== loopback && host !== 'localhost') {
            context.notice(
              'warning: the server has no authentication. Anyone who can reach this address can read every payload.',
            );
          }
          await untilStopped(aborted);
        } finally {
          await server.close();
        }
        return exitCodes.done;
      }),
    );
};

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Reads an origin as browsers send it, without a path or a trailing slash. */
function readOrigin(text: string): string {
  // The origin of a file: URL is `null`, which any page in a sandboxed frame has too.
  if (!/^https?:/.test(text) || !URL.canParse(text)) {
    throw new UsageError(`--origin ${text}: must be a URL such as http://localhost:8233`);
  }
  return new URL(text).origin;
}

export const commands = { 'codec-server': codecServer };
