import { setTimeout } from 'node:timers/promises';
import type { RequestRecord } from '../../src/simulator/request-log.js';
import type { SimState } from '../../src/simulator/sim-state.js';
import type { Environment } from './environment.js';

/** The log of the simulator keeps the last 10,000 calls. */
const readEveryMs = 10_000;
const creates = ['pools.create', 'notebooks.create', 'currentNotebooks.create'] as const;

/** What the simulator has at the end, against what it should have. */
export interface Verdict {
  /** Resources of environments that were deleted. */
  readonly left: readonly string[];
  /** Kept environments without exactly one usable pool and one usable notebook. */
  readonly broken: readonly string[];
  /** Creates that took effect again for the same name, or that were sent again after one that took effect. */
  readonly doubled: readonly string[];
  readonly calls: number;
}

/** Follows the creates through the control plane of the simulator. */
export class CloudWatch {
  readonly #url: string;
  readonly #ended = new AbortController();
  readonly #creates = new Map<number, RequestRecord>();
  readonly #following: Promise<void>;

  constructor(url: string) {
    this.#url = url;
    this.#following = this.#follow();
  }

  async #follow(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await setTimeout(readEveryMs, undefined, { signal: this.#ended.signal }).catch(() => {});
      for (const operation of creates) {
        const records = await this.#get<readonly RequestRecord[]>(`requests?operation=${operation}`);
        for (const record of records) this.#creates.set(record.seq, record);
      }
    }
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#url}/_sim/${path}`);
    return JSON.parse(await response.text());
  }

  /** Ends following, and judges. */
  async judge(environments: readonly Environment[]): Promise<Verdict> {
    this.#ended.abort();
    await this.#following;
    const state = await this.#get<SimState>('state');
    const summary = await this.#get<Record<string, number>>('requests/summary');
    const endings = new Map(environments.map(({ name, ending, isDone }) => [name, isDone ? ending : null]));
    const resources = [
      ...state.pools.map((pool) => ({ name: pool.name, is: `pool ${pool.phase}` })),
      ...[...state.notebooks, ...state.currentNotebooks].map(({ name, status }) => ({
        name,
        is: `notebook ${status}`,
      })),
    ];
    const isDeleted = (name: string) => ['teardown', 'release', 'expiry'].includes(endings.get(name) ?? '');
    const kept = environments.filter(({ name }) => endings.get(name) === 'kept');
    const has = (name: string) =>
      resources
        .filter((resource) => resource.name === name)
        .map(({ is }) => is)
        .sort();
    return {
      left: resources.filter(({ name }) => isDeleted(name)).map(({ name, is }) => `${name}: ${is}`),
      broken: kept
        .filter(({ name }) => has(name).join() !== 'notebook RUNNING,pool Running')
        .map(({ name }) => `${name}: ${has(name).join(', ')}`),
      doubled: this.#doubled(),
      calls: Object.values(summary).reduce((sum, one) => sum + one, 0),
    };
  }

  /** An environment has one pool and one notebook, so a create after one that took effect is one too many. */
  #doubled(): string[] {
    const worked = new Set<string>();
    const doubled: string[] = [];
    for (const { operation, body, effect, seq } of [...this.#creates.values()].sort((a, b) => a.seq - b.seq)) {
      const name = /"(scale-\d+)"/.exec(JSON.stringify(body))?.[1] ?? 'no name';
      const key = `${name} ${operation === 'pools.create' ? 'pool' : 'notebook'}`;
      if (worked.has(key)) doubled.push(`${key} (call ${seq})`);
      if (effect !== null) worked.add(key);
    }
    return doubled;
  }

  /** How many creates it has seen taking effect, so that an empty log is noticed. */
  get effective(): number {
    return [...this.#creates.values()].filter(({ effect }) => effect !== null).length;
  }
}
