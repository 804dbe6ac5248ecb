import type { z } from 'zod';

/** What a process was given; a blank value means unset. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Says everything that is wrong with the settings at once, so that nobody has to start several times to learn it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The settings are wrong or not complete:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

/** A schema that makes a setting out of its text. */
export type Setting<T> = z.ZodType<T, string>;

/** Reads settings and remembers what is wrong with them; `finish` throws if anything was. */
export class EnvReader {
  readonly #env: Env;
  readonly #problems = new Set<string>();

  constructor(env: Env) {
    this.#env = env;
  }

  /** The value as it was given, null when it is unset or blank. Quotes around it are a problem, and are not part of what is returned. */
  text(name: string): string | null {
    const value = this.#env[name];
    if (value === undefined || value.trim() === '') return null;
    // Node.js has put U+FFFD for what it could not decode.
    if (value.includes('\ufffd')) this.problem(`${name} is not UTF-8: write it as UTF-8, also in an env file`);
    const inner = /^(["'`])(.*)\1$/s.exec(value.trim())?.[2];
    if (inner !== undefined) {
      this.problem(`${name} has quotes around its value: write it without them`);
      return inner;
    }
    // An env file with Windows line ends leaves a carriage return, which nobody has typed.
    return value.replace(/[\r\n]+$/, '');
  }

  /** Reports every variable of these that has quotes around its value, whether or not it is read. */
  refuseQuotes(names: Iterable<string>): void {
    for (const name of names) this.text(name);
  }

  /** The names of the variables that are set. */
  names(): string[] {
    return Object.keys(this.#env).filter((name) => this.#env[name]?.trim());
  }

  has(name: string): boolean {
    return this.text(name) !== null;
  }

  /** The first of the names that is set, which is the one that counts. */
  nameOf(names: readonly string[]): string | null {
    return names.find((name) => this.has(name)) ?? null;
  }

  /** The setting, or `otherwise` when it is unset, or wrong (which `finish` reports). */
  read<T, D>(names: readonly string[], setting: Setting<T>, otherwise: D): T | D {
    const name = this.nameOf(names);
    const value = name === null ? null : this.text(name);
    if (name === null || value === null) return otherwise;
    const parsed = setting.safeParse(value.trim());
    if (/\p{Cc}/u.test(value.trim())) this.problem(`${name} contains a control character: write it on one line`);
    else if (parsed.success) return parsed.data;
    else this.problem(`${name} ${parsed.error.issues.map((issue) => issue.message).join(', and ')}`);
    return otherwise;
  }

  /** As `read`, for what cannot be left out; `advice` says what to set it to. */
  require<T>(names: readonly string[], setting: Setting<T>, advice: string, otherwise: T): T {
    if (this.nameOf(names) === null) this.problem(`${oneOf(names)} is not set: ${advice}`);
    return this.read(names, setting, otherwise);
  }

  /** Never put the value of a setting into the text: it may be a secret that landed in the wrong variable. */
  problem(text: string): void {
    this.#problems.add(text);
  }

  finish(): void {
    if (this.#problems.size > 0) throw new ConfigError([...this.#problems]);
  }
}

/** `A (or B, C)`. */
export function oneOf(names: readonly string[]): string {
  const [first = '', ...others] = names;
  return others.length === 0 ? first : `${first} (or ${others.join(', ')})`;
}
