import { Random } from './random.js';

interface Signature {
  readonly by: string;
  readonly reason: string;
}

const characters = ['x', '中', '\u{1F600}', '\u0001', '\n', '"', '\uD83D'];
const short: Signature = { by: 'chaos', reason: 'chaos' };

/**
 * What operators write: short, as long as possible, or too long, of characters of any size. Drawn from a stream of its
 * own, so that the rest of a scenario stays as it is.
 */
export class CommandTexts {
  private readonly random: Random;
  private keys = 0;

  constructor(seed: number) {
    this.random = new Random(seed ^ 0x7e87);
  }

  /** What an update or a start takes, now and then as long as it may be. */
  command(): Signature {
    return this.random.chance(0.3) ? this.long(100, 1_000) : short;
  }

  /** What a raw signal brings: anything. */
  signal(): Readonly<Record<string, unknown>> {
    const { random } = this;
    if (random.chance(0.1)) return { by: { who: this.text(5_000) }, reason: [this.text(20_000)], key: 5 };
    return random.chance(0.1) ? { ...this.long(20_000, 60_000) } : { ...this.command() };
  }

  /** A command that no update takes; mostly none. */
  oversized(): Signature | null {
    return this.random.chance(0.2) ? this.long(101, this.random.pick([1_001, 60_000])) : null;
  }

  /** How often a signal comes once more: enough to fill an audit, mostly not at all. */
  repeats(): number {
    return this.random.chance(0.1) ? this.random.between(20, 80) : 0;
  }

  /** A key of its own, for a command that may be given again; mostly none. */
  key(): string | null {
    this.keys += 1;
    return this.random.chance(0.3) ? `${this.keys} ${this.text(this.random.between(1, 90))}` : null;
  }

  private long(by: number, reason: number): Signature {
    return { by: this.text(by), reason: this.text(reason) };
  }

  private text(length: number): string {
    return `${this.random.pick(characters.slice(0, 3))}${this.random.pick(characters).repeat(length - 1)}`;
  }
}
