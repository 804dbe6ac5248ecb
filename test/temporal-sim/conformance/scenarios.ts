import { activityScenarios } from './activity-scenarios.js';
import { cancelScenarios } from './cancel-scenarios.js';
import { lifecycleScenarios } from './lifecycle-scenarios.js';
import { messageScenarios } from './message-scenarios.js';
import type { Scenario } from './scenario.js';

/** What every Temporal server must do alike. */
export const conformanceScenarios: readonly Scenario[] = [
  ...activityScenarios,
  ...cancelScenarios,
  ...messageScenarios,
  ...lifecycleScenarios,
];
