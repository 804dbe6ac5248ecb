import { environmentDocument } from '../workflows/documents.js';
import { type ChaosSeed, noJobs } from './chaos-seed.js';
import { chaosName } from './seed.js';

/** A main job to which nothing happens. */
export const quietSeed: ChaosSeed = {
  seed: 1,
  workflowType: 'provisionPoolThenLaunchNotebook',
  workflowId: `env/${chaosName}`,
  notebookApi: 'historical',
  deletesRunning: true,
  document: environmentDocument(chaosName, { deadlines: { pool: '90m', notebook: '20m', undo: '30m' } }),
  keepsFailed: false,
  keepsCancelled: false,
  faults: [],
  placed: {},
  timeForms: {},
  actions: [],
  crossings: [],
  retriedNow: 0,
  afters: [],
  jobs: noJobs,
  deaths: { activation: 0, call: 0, most: 0 },
  lostReports: 0,
  restartMs: 1000,
  latencyMs: 0,
  suggestContinueAsNewAfter: 4096,
  slots: null,
  operator: 'silent',
  approver: 'silent',
};
