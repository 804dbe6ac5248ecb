import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import type { HttpCall } from '../support/virtual-http.js';
import { faultsOfNotebook, faultsOfPool, type LastLook, oursIn } from './judge.js';

type Kind = 'pool' | 'notebook';
/** What was last observed of each kind. */
type Observed = Readonly<Record<Kind, LastLook | null>>;

/** What the service has last answered about the resources of a name: more than that no client can know. */
export class LastObservations {
  private readonly looks = new Map<string, LastLook>();
  private readonly atHandover = new Map<string, Observed>();

  constructor(private readonly names: readonly string[]) {}

  /** Records the observation of a successful read of pools or notebooks. */
  note({ method, path }: HttpCall, simulator: Simulator): void {
    const [, word, rest = ''] = /\/(pools|instances|notebooks)(\/[^/?]+)?(?=\?|$)/.exec(path) ?? [];
    if (method !== 'GET' || word === undefined) return;
    const answer = simulator.requests().at(-1);
    if (answer?.path !== path || answer.status !== 200) return;
    const isBent = answer.faults.length > 0;
    const now = simulator.clock.now();
    const kind: Kind = word === 'pools' ? 'pool' : 'notebook';
    const isList = rest === '';
    const state = simulator.view();
    for (const name of this.names) {
      const ours = oursIn(state, { name });
      const shown = kind === 'pool' ? ours.pools : ours.notebooks;
      const visible = shown.filter(({ id, hidden }) =>
        isList ? (hidden.list ?? 0) <= now : rest === `/${id}` && (hidden.show ?? 0) <= now,
      );
      const [one] = visible;
      if (one !== undefined) {
        const wrong = 'nodes' in one ? faultsOfPool(one) : faultsOfNotebook(one);
        this.looks.set(`${kind} ${name}`, { at: now, wrong: isBent ? null : wrong });
      } else if (
        isList &&
        !isBent &&
        shown.length === 0 &&
        !path.includes('pool_id=') &&
        this.of(name)[kind] !== null
      ) {
        this.looks.set(`${kind} ${name}`, { at: now, wrong: [`there is no ${kind}`] });
      }
    }
  }

  /** Keeps the observations of a run when it hands over to its lease. Later observations belong to the lease. */
  recorder(): ActivityInterceptorsFactory {
    return ({ info }) => ({
      inbound: {
        execute: async (input, next) => {
          const { runId = '', workflowId = '' } = info.workflowExecution ?? {};
          const name = this.names.find((one) => workflowId.endsWith(`/${one}`));
          if (info.activityType === 'transferToLease' && info.attempt === 1 && name !== undefined)
            this.atHandover.set(runId, this.of(name));
          return await next(input);
        },
      },
    });
  }

  /** Up to the handover of a run, if it had one. */
  until(runId: string, name: string): Observed {
    return this.atHandover.get(runId) ?? this.of(name);
  }

  private of(name: string): Observed {
    return { pool: this.looks.get(`pool ${name}`) ?? null, notebook: this.looks.get(`notebook ${name}`) ?? null };
  }
}
