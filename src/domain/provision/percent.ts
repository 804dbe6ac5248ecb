/** Where each piece of a run starts, in percent. */
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

/** Progress of a run, from facts only: the present piece and, in a wait, the share (0..1) that is available. */
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
