/** The workflows of the conformance suite and of temporal-sim's own tests, bundled together. */
export * from './activity-workflows.js';
export * from './crash-workflows.js';
export * from './message-workflows.js';
