import { openSession, type Session } from '../client/connect.js';
import type { Operations } from '../client/operations.js';
import { type ClientConfig, readClientConfig, readModelArtsConfig } from '../config.js';
import { visibleJson, visibleStyledText, visibleText, visibleValue } from '../domain/visible-text.js';
import { createModelArts, type ModelArts } from '../modelarts/client.js';
import type { View } from './output/view.js';
import type { Terminal } from './terminal.js';

/** What a command works with. Connections are opened when they are first asked for, and closed by whoever runs the command. */
export interface Context {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly debug: boolean;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** The one document that a command answers: as JSON, or as text for people. */
  /** `render` gets the document with everything made visible that a terminal would obey. */
  result<Document>(document: Document, render: (shown: Document) => string): void;
  /** Anything else that people should know; never on stdout. */
  notice(text: string): void;
  /** Says that something is shown by other ways than these: nobody sits before an empty screen any more. */
  shown(): void;
  /** What Ctrl-C says from now on: that what was started goes on, and how to look at it. */
  onInterrupt(message: string): void;
  config(): ClientConfig;
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

/** A context, what Ctrl-C has to say, and how to close what the command opened. */
export interface OpenContext {
  readonly context: Context;
  interruption(): string;
  close(): Promise<void>;
}

/** Somebody who has seen nothing for so long should hear that nothing is broken off. */
const silenceMs = 5_000;

export function openContext(options: ContextOptions): OpenContext {
  const { terminal, json } = options;
  let silence: NodeJS.Timeout | null = null;
  let isSilent = true;
  const shown = () => {
    isSilent = false;
    if (silence !== null) clearTimeout(silence);
  };
  /** Only people wait before a screen: what reads a pipe has its own limits. */
  const asking = () => {
    if (!isSilent || silence !== null || terminal.stderr.isTTY !== true) return;
    const tell = () => terminal.stderr.write('still waiting for an answer; if none comes, `maops doctor` says why\n');
    silence = setTimeout(tell, silenceMs);
    silence.unref();
  };
  let interruption = 'interrupted';
  let config: ClientConfig | null = null;
  let session: Promise<Session> | null = null;
  let modelarts: ModelArts | null = null;
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
      config ??= readClientConfig();
      return config;
    },
    session: () => {
      asking();
      session ??= openSession(context.config());
      return session;
    },
    operations: async () => (await context.session()).operations,
    modelarts: async () => {
      asking();
      modelarts ??= createModelArts(readModelArtsConfig());
      return await Promise.resolve(modelarts);
    },
  };
  return {
    context,
    interruption: () => interruption,
    close: async () => {
      shown();
      modelarts?.close();
      if (session !== null) await session.then(({ operations }) => operations.close()).catch(() => undefined);
    },
  };
}

/** For documents that only programs read. */
export const noText = (): string => '';

function ensureNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** How things look on this context's terminal at this moment. */
export function viewOf({ terminal }: Context): View {
  const { stdout, timeZone, colors } = terminal;
  const columns = stdout.isTTY === true ? stdout.columns : undefined;
  return { now: terminal.now(), timeZone, colors, columns };
}
