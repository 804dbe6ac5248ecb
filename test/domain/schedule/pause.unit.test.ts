import { expect, test } from '@jest/globals';
import { failsSchedule } from '../../../src/domain/schedule/pause.js';

test.each([
  [true, 'Failed', 'InvalidSpec', true],
  [true, 'Failed', 'RequestRejected', true],
  [true, null, 'UnknownOutcome', true],
  [true, 'Failed', 'PlanChanged', false],
  [true, 'Failed', 'ServiceUnavailable', false],
  [true, 'Failed', 'Busy', false],
  [true, 'Cancelled', 'InvalidSpec', false],
  [false, 'Failed', 'Busy', false],
  [false, 'Failed', 'PlanChanged', true],
  [false, 'RolledBack', 'SoldOut', true],
  [false, 'Cancelled', 'UnknownOutcome', true],
  [false, null, 'UnknownOutcome', true],
])('sweep %s, ended %s with %s: fails the schedule %s', (isSweep, phase, type, fails) => {
  expect(failsSchedule(isSweep, phase, type)).toBe(fails);
});
