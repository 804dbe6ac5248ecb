import type { Fault } from '../../../src/simulator/faults/fault.js';
import type { SimulatorOptions } from '../../../src/simulator/options.js';
import type { Testbed } from '../../support/testbed.js';

/** A run of the product that a suite repeats, with something else going wrong each time. */
export interface RepeatedScenario {
  readonly name: string;
  /** The scenario ends when this workflow has ended. */
  readonly workflowId: string;
  readonly faults?: readonly Fault[];
  readonly placed?: SimulatorOptions['placed'];
  readonly durations?: SimulatorOptions['durations'];
  /** Runs before the scenario, undisturbed. */
  readonly prepare?: (testbed: Testbed) => Promise<unknown>;
  readonly play: (testbed: Testbed) => Promise<unknown>;
}

/** Whether the workflow of the scenario has ended. */
export function hasEnded({ workflowId }: RepeatedScenario, { temporal }: Testbed): boolean {
  return temporal.status(workflowId) !== 'RUNNING';
}

/**
 * For a scenario that creates nothing once it is prepared: an environment that is ready after half a minute, so that
 * the part in which nobody dies costs few polls.
 */
export const quickCreates: SimulatorOptions['durations'] = {
  poolAccept: 1_000,
  poolCreate: 10_000,
  poolScope: 2_000,
  poolDriver: 3_000,
  networkCreate: 2_000,
  notebookCreate: 3_000,
};

/** The part of the simulator's options that a scenario sets. */
export function simulatorOptions(
  { placed, durations }: RepeatedScenario,
  faults: readonly Fault[],
): Partial<SimulatorOptions> {
  return { faults, ...(placed === undefined ? {} : { placed }), ...(durations === undefined ? {} : { durations }) };
}
