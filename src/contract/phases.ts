/** Phases of all operations. Fixed, because scripts and searches rely on them. */
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

/** True for a final phase. */
export function isEnding(phase: Phase): boolean {
  return endings.includes(phase);
}

/** True when an operation that ended in this phase reached its goal. */
export function isSuccess(phase: Phase): boolean {
  return phase === 'Ready' || phase === 'Gone' || phase === 'Done' || phase === 'Abandoned';
}
