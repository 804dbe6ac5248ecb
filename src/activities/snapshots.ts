/** How long a reading serves the pages of a run, and how many are kept. */
const maxAgeMs = 15 * 60_000;
const limit = 3;

/**
 * Readings of the whole project that this worker keeps for the pages of a run. A page on another worker, or after a
 * restart, reads the project again.
 */
export class Snapshots<Reading> {
  private readonly byRun = new Map<string, { readonly at: number; readonly reading: Promise<Reading> }>();

  constructor(private readonly now: () => number) {}

  /** The kept reading of a run, or a new one. */
  async kept(run: string, read: () => Promise<Reading>): Promise<Reading> {
    const found = this.byRun.get(run);
    if (found !== undefined && this.now() - found.at <= maxAgeMs) return await found.reading;
    return await this.renew(run, read);
  }

  /** Reads the project, also where a reading is kept. */
  async renew(run: string, read: () => Promise<Reading>): Promise<Reading> {
    this.drop(run);
    const [oldest] = this.byRun.keys();
    if (oldest !== undefined && this.byRun.size >= limit) this.drop(oldest);
    const reading = read();
    const kept = { at: this.now(), reading };
    this.byRun.set(run, kept);
    // A failed reading is repeated by the next attempt. A newer one may have taken its place.
    return await reading.catch((error: unknown) => {
      if (this.byRun.get(run) === kept) this.drop(run);
      throw error;
    });
  }

  drop(run: string): void {
    this.byRun.delete(run);
  }
}
