import type { Observation } from '../../src/modelarts/subscribers.js';
import type { Target, Watcher } from '../../src/modelarts/watcher.js';
import { createWatchers } from '../../src/modelarts/watchers.js';
import { FakeClock } from './fake-clock.js';
import { connect } from './fake-service.js';

const pace = { pollMinMs: 1000, pollMaxMs: 10_000 };

/** The observations of a subscriber. */
function watch<Item>(watcher: Watcher<Item>, target: Target | string) {
  const seen: Observation<Item>[] = [];
  watcher.subscribe(target, (observation) => seen.push(observation));
  return { seen };
}

describe('the watchers of the API', () => {
  const notFound = { status: 404, body: { error_code: 'ModelArts.50015001', error_msg: 'pool not found' } };

  test('pools: listed, hidden, absent and failed reads', async () => {
    const clock = new FakeClock();
    const { modelarts, seen } = connect(
      ({ url }) => {
        const id = url.pathname.split('/')[4];
        if (id === undefined)
          return { body: { items: [{ metadata: { name: 'listed' }, status: { phase: 'Running' } }] } };
        if (id === 'hidden') return { body: { metadata: { name: id }, status: { phase: 'CreationFailed' } } };
        return id === 'absent' ? notFound : { status: 502, body: '<html>' };
      },
      { now: clock.now, sleep: clock.sleep },
    );
    const watcher = createWatchers(modelarts, { pace, now: clock.now, sleep: clock.sleep }).pools;
    const found = Object.fromEntries(
      ['listed', 'hidden', 'absent', 'unreadable'].map((id) => [id, watch(watcher, { id, workspaceId: '0' }).seen]),
    );
    await clock.advance(0);
    expect(found.listed?.[0]?.item?.status.phase).toBe('Running');
    expect(found.hidden?.[0]?.item?.status.phase).toBe('CreationFailed');
    expect(found.absent?.[0]?.item).toBeNull();
    expect(found.unreadable?.[0]?.error).toMatchObject({ kind: 'unavailable' });
    expect(seen.filter(({ url }) => url.search === '?workspaceId=0')).toHaveLength(1);
    watcher.close();
  });

  test('notebooks: absence is HTTP 400 with code 6309', async () => {
    const clock = new FakeClock();
    const { modelarts } = connect(
      ({ url }) =>
        url.pathname.endsWith('/instances')
          ? { body: { instances: [{ id: 'DE-1', status: 'RUNNING' }] } }
          : { status: 400, body: { error_code: 'ModelArts.6309', error_message: 'The instance does not exist.' } },
      { now: clock.now, sleep: clock.sleep },
    );
    const watcher = createWatchers(modelarts, { pace, now: clock.now, sleep: clock.sleep }).notebooks;
    const running = watch(watcher, 'DE-1');
    const gone = watch(watcher, 'DE-2');
    await clock.advance(0);
    expect(running.seen[0]?.item?.status).toBe('RUNNING');
    expect(gone.seen[0]?.item).toBeNull();
    watcher.close();
  });

  test('flavors: by name, from all pages', async () => {
    const clock = new FakeClock();
    const flavor = (name: string, phase: string) => ({ metadata: { name }, status: { phase: { 'az-1': phase } } });
    const { modelarts, seen } = connect(
      ({ url }) =>
        url.searchParams.has('continue')
          ? { body: { items: [flavor('b', 'normal')] } }
          : { body: { items: [flavor('a', 'soldout')], metadata: { continue: '2' } } },
      { now: clock.now, sleep: clock.sleep },
    );
    const watcher = createWatchers(modelarts, { pace, now: clock.now, sleep: clock.sleep }).flavors;
    const second = watch(watcher, 'b');
    const unknown = watch(watcher, 'c');
    await clock.advance(0);
    expect(second.seen[0]?.item?.status?.phase).toEqual({ 'az-1': 'normal' });
    expect(unknown.seen[0]?.item).toBeNull();
    expect(seen).toHaveLength(2);
    watcher.close();
  });
});
