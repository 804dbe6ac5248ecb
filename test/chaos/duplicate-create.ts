import { parseMarker } from '../../src/domain/resource/marker.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import type { HttpCall } from '../support/virtual-http.js';
import { oursIn } from './judge.js';

/**
 * The problem with a create that is about to be sent: a resource of an earlier create of the same operation exists.
 * Two operations may well race for a name; the service lets one of them have it.
 */
export function doubleOfCreate({ method, path, body }: HttpCall, simulator: Simulator): string | null {
  if (method !== 'POST' || !/\/(pools|demanager\/instances|v1\/[^/]+\/notebooks)(\?|$)/.test(path)) return null;
  const owner = parseMarker(body)?.owner;
  const ours = oursIn(simulator.view());
  const there = path.includes('/pools')
    ? ours.pools.filter(
        ({ annotations, deletedAt }) =>
          deletedAt === undefined && parseMarker(annotations['os.modelarts/description'])?.owner === owner,
      )
    : ours.notebooks.filter(
        ({ description, status }) => status !== 'DELETING' && parseMarker(description)?.owner === owner,
      );
  if (there.length === 0) return null;
  return `a create was sent although ${there.map(({ id }) => id).join()} is there: POST ${path}`;
}
