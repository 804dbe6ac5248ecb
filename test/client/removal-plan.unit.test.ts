import { describe, expect, test } from '@jest/globals';
import type { NotebookRow, PoolRow } from '../../src/client/inventory.js';
import { assemblePlan } from '../../src/client/removal-plan.js';
import { formatMarker, parseMarker } from '../../src/domain/marker.js';
import { ownerHash } from '../../src/spec/hash.js';

const marker = (owner: string, installation = 'abc123') =>
  formatMarker({ installation, owner: ownerHash(owner), spec: '00000000' });

function pool(description: string, isProtected = false): PoolRow {
  const nodes = { wanted: 1, available: 1, creating: 0, abnormal: 0 };
  const facts = { phase: 'Running', type: 'Dedicate', flavors: [], nodes, scopes: {}, network: null, message: null };
  return {
    ...facts,
    name: 'team-a',
    id: 'team-a-p',
    description,
    createdAt: '2026-03-01T10:00:00Z',
    marker: parseMarker(description),
    protected: isProtected,
  };
}

function notebook(id: string, description: string): NotebookRow {
  const facts = {
    status: 'RUNNING',
    flavor: null,
    pool: null,
    url: null,
    autoStopAt: null,
    user: null,
    protected: false,
  };
  return {
    ...facts,
    name: id,
    id,
    description,
    createdAt: '2026-03-01T10:05:00.000Z',
    marker: parseMarker(description),
  };
}

const plan = (found: PoolRow | null, notebooks: NotebookRow[] = []) =>
  assemblePlan({ name: 'team-a', installation: 'abc123' }, found, notebooks).map(
    ({ action, kind, id, owner }) => `${action} ${kind} ${id} ${owner}`,
  );

describe('the plan of a teardown', () => {
  test('lists what was made under the name, notebooks first', () => {
    expect(plan(pool(marker('env/team-a')), [notebook('n1', marker('env/team-a'))])).toEqual([
      'delete notebook n1 env/team-a',
      'delete pool team-a-p env/team-a',
    ]);
  });

  test('knows which operation made it', () => {
    expect(plan(pool(marker('pool/team-a')))).toEqual(['delete pool team-a-p pool/team-a']);
  });

  test('leaves a pool without our marker, of another installation or of another name, and shows it', () => {
    for (const description of ['mine', marker('env/team-a', 'ffffff'), marker('env/team-b')]) {
      expect(plan(pool(description))).toEqual(['leave pool team-a-p null']);
    }
  });

  test('leaves what is protected', () => {
    expect(plan(pool(marker('env/team-a'), true))).toEqual(['leave pool team-a-p env/team-a']);
  });

  test('does not list notebooks of others', () => {
    expect(plan(null, [notebook('n1', 'somebody'), notebook('n2', marker('env/team-b'))])).toEqual([]);
  });
});
