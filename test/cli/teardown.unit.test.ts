import { expect, test } from '@jest/globals';
import { reportGone } from '../../src/cli/teardown.js';
import { FakeRuns } from '../client/fake-runs.js';
import { progressKeys } from '../support/progress-keys.js';
import { fakeContext } from './fake-context.js';

test('an unknown name is reported in the shape of a teardown without a run', () => {
  const { context, terminal } = fakeContext(new FakeRuns(), { json: true });
  expect(reportGone(context, 'team-a')).toBe(0);
  const document = JSON.parse(terminal.out());
  expect(Object.keys(document)).toEqual(progressKeys);
  expect(document).toMatchObject({ workflowId: 'teardown/team-a', runId: null, phase: 'Gone', failure: null });
});
