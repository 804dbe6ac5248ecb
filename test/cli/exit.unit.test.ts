import { describe, expect, test } from '@jest/globals';
import { describeError, exitCodeOf, exitCodeOfEnding, UsageError } from '../../src/cli/exit-codes.js';
import {
  InvalidQueryError,
  InvalidSpecError,
  NotAuthorizedError,
  OperationFailedError,
  OperationNotFoundError,
  OperationRefusedError,
  ServerUnreachableError,
  SpecConflictError,
  WorkerUnreachableError,
} from '../../src/client/errors.js';
import { ConfigError } from '../../src/config.js';
import { ModelArtsError } from '../../src/modelarts/errors.js';
import { makeProgress, soldOut } from '../client/fake-runs.js';

const apiError = (kind: ModelArtsError['kind']) =>
  new ModelArtsError('pools.list: refused', {
    kind,
    operation: 'pools.list',
    method: 'GET',
    template: '/v2/{project_id}/pools',
    status: 403,
    requestId: 'r-1',
  });

describe('exit codes', () => {
  test.each([
    ['wrong usage', new UsageError('--wait and --watch: choose one'), 2],
    ['a query that Temporal does not understand', new InvalidQueryError('no'), 2],
    ['a document that is no spec', new InvalidSpecError([{ path: 'name', message: 'required' }]), 2],
    ['settings that are not complete', new ConfigError(['MODELARTS_PROJECT_ID is not set']), 2],
    ['a refused command', new OperationRefusedError('pause team-a: env/team-a has ended'), 1],
    ['a spec conflict', new SpecConflictError('team-a', 'env/team-a', []), 1],
    ['an unknown name', new OperationNotFoundError('no operation'), 1],
    ['a server that cannot be reached', new ServerUnreachableError('localhost:7233'), 1],
    ['a worker that does not answer', new WorkerUnreachableError('modelarts-ops'), 1],
    ['an operation that failed', new OperationFailedError(makeProgress({ phase: 'RolledBack' })), 1],
    ['Temporal that refuses the credentials', new NotAuthorizedError('refused'), 4],
    ['ModelArts that refuses the credentials', apiError('auth'), 4],
    ['ModelArts that refuses the permission', apiError('permission'), 4],
    ['ModelArts that refuses the request', apiError('rejected'), 1],
    ['anything else', new Error('oops'), 1],
  ])('of %s', (_case, error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  test.each([
    ['Ready', 0],
    ['Gone', 0],
    ['Done', 0],
    ['Abandoned', 0],
    ['RolledBack', 1],
    ['Failed', 1],
    ['Cancelled', 1],
    ['Rejected', 1],
  ] as const)('of the ending %s', (phase, code) => {
    expect(exitCodeOfEnding(makeProgress({ phase }))).toBe(code);
  });

  test('of a sweep that could not delete everything', () => {
    expect(exitCodeOfEnding(makeProgress({ phase: 'Done', failure: soldOut }))).toBe(1);
    expect(exitCodeOfEnding(makeProgress({ phase: 'Abandoned', failure: soldOut }))).toBe(0);
  });

  test('is 4 when the operation failed with NotAuthorized', () => {
    const failure = {
      step: 'pool' as const,
      type: 'NotAuthorized' as const,
      message: 'no',
      errorCode: null,
      requestId: null,
      hint: null,
    };
    expect(exitCodeOfEnding(makeProgress({ phase: 'Failed', failure }))).toBe(4);
  });
});

describe('an error for people', () => {
  test('reports what failed, on what, and what to do next', () => {
    expect(describeError(new ServerUnreachableError('localhost:7233', new Error('connection refused')), false)).toBe(
      'maops: cannot reach Temporal at localhost:7233: connection refused\n' +
        '  Check that it is running and that TEMPORAL_ADDRESS is correct (docs/runbooks/temporal-down.md). For a local server, run `maops dev`.\n',
    );
  });

  test('carries the request id of the service', () => {
    expect(describeError(apiError('permission'), false)).toContain('request r-1');
  });

  test('has a stack only when asked', () => {
    const error = new Error('oops');
    expect(describeError(error, false)).not.toContain('exit.unit.test');
    expect(describeError(error, false)).toContain('--debug');
    expect(describeError(error, true)).toContain('exit.unit.test');
  });
});
