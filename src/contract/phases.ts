/** Phases of every operation; fixed by the design (section 5). */
export const phases = [
  'Validating',
  'AwaitingApproval',
  'AwaitingCapacity',
  'CreatingPool',
  'AwaitingPool',
  'CreatingNotebook',
  'AwaitingNotebook',
  'Paused',
  'AwaitingOperator',
  'RollingBack',
  'Ready',
  'RolledBack',
  'Cancelled',
  'Rejected',
  'Failed',
  'Abandoned',
  'Planning',
  'StoppingNotebook',
  'DeletingNotebook',
  'DeletingPool',
  'Verifying',
  'Gone',
  'Leased',
  'Applying',
  'Reading',
  'Done',
] as const;
export type Phase = (typeof phases)[number];

const endings: readonly Phase[] = [
  'Ready',
  'RolledBack',
  'Cancelled',
  'Rejected',
  'Failed',
  'Abandoned',
  'Gone',
  'Done',
];

/** True for a phase that nothing leaves any more. */
export function isEnding(phase: Phase): boolean {
  return endings.includes(phase);
}

/** True when an operation that ended in this phase did what it was asked to do. */
export function isSuccess(phase: Phase): boolean {
  return phase === 'Ready' || phase === 'Gone' || phase === 'Done' || phase === 'Abandoned';
}
