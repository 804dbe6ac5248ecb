import { expect } from '@jest/globals';
import type { RequestRecord } from '../../src/simulator/request-log.js';
import type { SimState } from '../../src/simulator/sim-state.js';

/** What a test reads of a simulator, in this process or in another one. */
export interface Cloud {
  state(): SimState | Promise<SimState>;
  requests(operation: string): RequestRecord[] | Promise<RequestRecord[]>;
}

/**
 * Demands that the environment has one pool and one notebook, usable, and that no create was sent after one that
 * worked.
 */
export async function expectOneOfEach(cloud: Cloud, name: string): Promise<void> {
  const { pools, notebooks: historical, currentNotebooks } = await cloud.state();
  const notebooks = [...historical, ...currentNotebooks];
  const ours = {
    pools: pools.filter((pool) => pool.name === name).map(({ phase }) => phase),
    notebooks: notebooks.filter((notebook) => notebook.name === name).map(({ status }) => status),
  };
  expect({ name, ...ours }).toEqual({ name, pools: ['Running'], notebooks: ['RUNNING'] });
  await expectNoRepeat(cloud, name);
}

/** Demands that nothing of the environment is left, and that no create was sent after one that worked. */
export async function expectNothing(cloud: Cloud, name: string): Promise<void> {
  const { pools, notebooks, currentNotebooks } = await cloud.state();
  const left = [...pools, ...notebooks, ...currentNotebooks].filter((one) => one.name === name);
  expect({ name, left }).toEqual({ name, left: [] });
  await expectNoRepeat(cloud, name);
}

async function expectNoRepeat(cloud: Cloud, name: string): Promise<void> {
  for (const operation of ['pools.create', 'notebooks.create', 'currentNotebooks.create']) {
    const posts = await postsOf(cloud, operation, name);
    const worked = posts.filter(({ effect }) => effect !== null);
    expect(worked.length).toBeLessThanOrEqual(1);
    const since = worked[0]?.seq ?? Infinity;
    expect(posts.filter(({ seq }) => seq > since)).toEqual([]);
  }
}

/** The create calls for one environment that the service has finished, answered or not. */
export async function postsOf(cloud: Cloud, operation: string, name: string): Promise<RequestRecord[]> {
  const all = await cloud.requests(operation);
  return all.filter(({ body }) => JSON.stringify(body).includes(`"${name}"`));
}

/** A simulator in another process, read through its control plane. */
export function cloudAt(url: string): Cloud {
  const get = async (path: string) => {
    const answer = await fetch(`${url}/_sim/${path}`);
    return await answer.json();
  };
  return {
    state: async () => (await get('state')) as SimState,
    requests: async (operation) => (await get(`requests?operation=${operation}`)) as RequestRecord[],
  };
}
