import type { LeaseInput } from '../../src/contract/workflows.js';
import { ownerHash } from '../../src/spec/hash.js';
import { installation } from '../support/testbed.js';
import type { LeaseScenario } from './lease-seed.js';
import type { LeasedNotebook } from './leased-notebook.js';

/** The environment of a lease race. */
export const name = 'team-a';

/** Its resources, as the simulator starts with them. */
export const placed = {
  name,
  description: `maops:${installation}-${ownerHash(`env/${name}`)}-00000000`,
  user: 'ops',
};

/** The argument of the lease that owns them. */
export function leasedEnvironment(
  { ttlMs, maxMs, warningsMs, webhook }: LeaseScenario,
  notebook: LeasedNotebook,
  state: Parameters<LeasedNotebook['resources']>[0],
): LeaseInput {
  return {
    name,
    owner: `env/${name}`,
    spec: {
      name,
      notebook: notebook.spec(name),
      lease: {
        ttl: `${ttlMs}ms`,
        max: `${maxMs}ms`,
        warnings: warningsMs.map((ms) => `${ms}ms`),
        ...(webhook === 'none' ? {} : { webhook: 'https://hooks.example.com/race' }),
      },
      deadlines: { pool: '90m', notebook: '20m', capacity: '12h', ask: '24h', undo: '30m' },
      onFailure: 'rollback',
      onCancel: 'rollback',
    },
    resources: notebook.resources(state),
  };
}
