import type { Session } from '../client/connect.js';
import type { Operations } from '../client/operations.js';
import type { ClientConfig } from '../config.js';
import { visibleJson, visibleStyledText, visibleText, visibleValue } from '../domain/visible-text.js';
import type { ModelArts } from '../modelarts/client.js';
import type { View } from './output/view.js';
import type { Terminal } from './terminal.js';

/**
 * The environment of a command. Connections open at first use, and close when the command ends. Their packages are
 * loaded then too, because they take most of the start-up time, and a refusal of the usage needs none of them.
 */
export interface Context {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly debug: boolean;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
  /**
   * Prints the result of the command on stdout: as JSON, or as the text that `render` makes for people. `render` gets
   * the document with its control characters made visible.
   */
  result<Document>(document: Document, render: (shown: Document) => string): void;
  /** Prints a notice for people on stderr. */
  notice(text: string): void;
  /**
   * Reports output that did not go through `result` or `notice`, so that the hint about a slow answer is not printed.
   */
  shown(): void;
  /** Sets the message for Ctrl-C from now on, such as which operation continues. */
  onInterrupt(message: string): void;
  config(): Promise<ClientConfig>;
  session(): Promise<Session>;
  operations(): Promise<Operations>;
  modelarts(): Promise<ModelArts>;
}

export interface ContextOptions {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly debug: boolean;
  readonly interrupted: AbortSignal;
}

/** A context, the message for Ctrl-C, and how to close what the command opened. */
export interface OpenContext {
  readonly context: Context;
  interruption(): string;
  close(): Promise<void>;
}

/** Time without output after which a person gets a hint. */
const silenceMs = 5_000;

export function openContext(options: ContextOptions): OpenContext {
  const { terminal, json } = options;
  let silence: NodeJS.Timeout | null = null;
  let isSilent = true;
  const shown = () => {
    isSilent = false;
    if (silence !== null) clearTimeout(silence);
  };
  /** Starts the hint; only at a terminal, because programs have their own limits. */
  const expectOutput = () => {
    if (!isSilent || silence !== null || terminal.stderr.isTTY !== true) return;
    const hint = () => terminal.stderr.write('still waiting for a response; `maops doctor` checks the connections\n');
    silence = setTimeout(hint, silenceMs);
    silence.unref();
  };
  let interruption = 'interrupted';
  let config: Promise<ClientConfig> | null = null;
  let session: Promise<Session> | null = null;
  let modelarts: Promise<ModelArts> | null = null;
  const context: Context = {
    ...options,
    result: (document, render) => {
      shown();
      const text = json ? visibleJson(document) : visibleStyledText(render(visibleValue(document)));
      terminal.stdout.write(ensureNewline(text));
    },
    notice: (text) => {
      shown();
      terminal.stderr.write(ensureNewline(visibleText(text)));
    },
    shown,
    onInterrupt: (message) => {
      interruption = message;
    },
    config: () => {
      config ??= import('../config.js').then(({ readClientConfig }) => readClientConfig());
      return config;
    },
    session: () => {
      expectOutput();
      session ??= Promise.all([import('../client/connect.js'), context.config()]).then(([{ openSession }, settings]) =>
        openSession(settings),
      );
      return session;
    },
    operations: async () => (await context.session()).operations,
    modelarts: () => {
      expectOutput();
      modelarts ??= openModelArts();
      return modelarts;
    },
  };
  return {
    context,
    interruption: () => interruption,
    close: async () => {
      shown();
      if (modelarts !== null) await modelarts.then((opened) => opened.close()).catch(() => undefined);
      if (session !== null) await session.then(({ operations }) => operations.close()).catch(() => undefined);
    },
  };
}

async function openModelArts(): Promise<ModelArts> {
  const [{ createModelArts }, { readModelArtsConfig }] = await Promise.all([
    import('../modelarts/client.js'),
    import('../config.js'),
  ]);
  return createModelArts(readModelArtsConfig());
}

/** The rendering of documents that only programs read. */
export const noText = (): string => '';

function ensureNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** The view of this terminal at this moment. */
export function viewOf({ terminal }: Context): View {
  const { stdout, timeZone, colors } = terminal;
  const columns = stdout.isTTY === true ? stdout.columns : undefined;
  return { now: terminal.now(), timeZone, colors, columns };
}
