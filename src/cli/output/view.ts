import type pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/** What a rendering depends on besides its value. */
export interface View {
  readonly now: number;
  readonly timeZone: string;
  readonly colors: Colors;
  /** Width of the terminal; undefined without one. Text is then not wrapped. */
  readonly columns?: number | undefined;
}
