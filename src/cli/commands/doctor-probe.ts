import { currentNotebookCalls, historicalNotebookCalls } from '../../probe/notebook-calls.js';
import { poolCalls } from '../../probe/pool-calls.js';
import { recordingOf } from '../../probe/recording/recording.js';
import { type ProbeReport, reportOf } from '../../probe/report.js';
import { runProbe } from '../../probe/run.js';
import type { Context } from '../context.js';
import { writeRecording } from '../recording-folder.js';

/** The result of `maops doctor --probe`. Its JSON is stable. */
export interface Probed extends ProbeReport {
  /** What `--record` wrote. */
  readonly recording: {
    readonly folder: string;
    readonly files: number;
    readonly bytes: number;
    /** Responses that were left out, because the recording would be too large. */
    readonly omitted: number;
  } | null;
}

/**
 * Reads the account with every kind of read that changes nothing, and compares the responses with what is documented.
 */
export async function probeAccount(context: Context, folder: string | null): Promise<Probed> {
  const { raw, projectId } = await context.modelarts();
  const calls = [...poolCalls, ...currentNotebookCalls, ...historicalNotebookCalls];
  const readings = await runProbe(raw, calls, { signal: context.interrupted });
  const report = reportOf(readings);
  if (folder === null) return { ...report, recording: null };
  const recording = recordingOf(readings, { projectId, now: context.terminal.now() });
  await writeRecording(folder, recording);
  const { files, bytes, omitted } = recording;
  return { ...report, recording: { folder, files: files.length, bytes, omitted } };
}
