/** Shares of a run, in percent: where each piece starts. A single-resource run stretches its own piece. */
const start = {
  validate: 0,
  capacity: 5,
  createPool: 5,
  awaitPool: 10,
  createNotebook: 75,
  awaitNotebook: 80,
  ready: 100,
} as const;
export type Piece = keyof typeof start;

/** How far a run is, from facts only: the piece it is in and, inside a wait, the share (0..1) that is there. */
export function percentOf(piece: Piece, share = 0): number {
  const next: Record<Piece, number> = {
    validate: start.capacity,
    capacity: start.createPool,
    createPool: start.awaitPool,
    awaitPool: start.createNotebook,
    createNotebook: start.awaitNotebook,
    awaitNotebook: 99,
    ready: 100,
  };
  const from = start[piece];
  return Math.floor(from + (next[piece] - from) * Math.min(1, Math.max(0, share)));
}
