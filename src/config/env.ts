import type { Variable } from './variables.js';

/** Environment variables. A blank value counts as unset. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The environment of this process, to pass on to child processes. */
export function processEnv(): Env {
  return process.env;
}

/** Lists every problem of the configuration, so that one start is enough to find them all. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The configuration is wrong or incomplete:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

/** Reads variables and collects their problems; `finish` throws them. */
export class EnvReader {
  readonly #env: Env;
  readonly #problems = new Set<string>();

  constructor(env: Env) {
    this.#env = env;
  }

  /** The raw value, or null when it is unset or blank. Quotes around it are reported and removed. */
  text(name: string): string | null {
    const value = this.#env[name];
    if (value === undefined || value.trim() === '') return null;
    // Node.js replaces bytes that it cannot decode by U+FFFD.
    if (value.includes('\ufffd')) this.problem(`${name} is not UTF-8. Save the env file as UTF-8.`);
    const inner = /^(["'`])(.*)\1$/s.exec(value.trim())?.[2];
    if (inner !== undefined) {
      this.problem(`${name} has quotes around its value. Remove them.`);
      return inner;
    }
    // An env file with Windows line endings leaves a carriage return.
    return value.replace(/[\r\n]+$/, '');
  }

  /** Reports quotes around the value of each of these variables, even of those that are not read. */
  refuseQuotes(names: Iterable<string>): void {
    for (const name of names) this.text(name);
  }

  /** The names of the variables that are set. */
  names(): string[] {
    return Object.keys(this.#env).filter((name) => this.#env[name]?.trim());
  }

  /** The first name of a variable that is set; its value counts. */
  nameOf({ names }: Pick<Variable, 'names'>): string | null {
    return names.find((name) => this.text(name) !== null) ?? null;
  }

  has(variable: Pick<Variable, 'names'>): boolean {
    return this.nameOf(variable) !== null;
  }

  /** The parsed value, or the fallback when it is unset or wrong. */
  read<T, D>({ names, parser, fallback }: Pick<Variable<T, D>, 'names' | 'parser' | 'fallback'>): T | D {
    const name = this.nameOf({ names });
    const value = name === null ? null : (this.text(name)?.trim() ?? null);
    if (name === null || value === null) return fallback;
    const parsed = parser(value);
    if (/\p{Cc}/u.test(value)) this.problem(`${name} contains a control character. Write it on one line.`);
    else if (parsed.ok) return parsed.value;
    else this.problem(`${name} must be ${parsed.expected}`);
    return fallback;
  }

  /** Never put a value into the text: it may be a secret that was set as the wrong variable. */
  problem(text: string): void {
    this.#problems.add(text);
  }

  finish(): void {
    if (this.#problems.size > 0) throw new ConfigError([...this.#problems]);
  }
}

/** Reads with a function; throws one `ConfigError` with every problem that it met. */
export function readWith<T>(env: Env, read: (reader: EnvReader) => T): T {
  const reader = new EnvReader(env);
  const value = read(reader);
  reader.finish();
  return value;
}

/** `A (or B, C)`. */
export function oneOf({ names: [first = '', ...others] }: Pick<Variable, 'names'>): string {
  return others.length === 0 ? first : `${first} (or ${others.join(', ')})`;
}
