import { totalOf } from "../../src/domain/jobs/task.ts";
import type { ApiAccess } from "./api.ts";
import {
  creditsThisMonth,
  type Estimate,
  estimateFile,
  followTask,
  listResults,
  type ResultRow,
  type Status,
  submitFile,
} from "./batch.ts";

/** A file, sent once as a batch. */
export interface Pass {
  taskId: string;
  /** What the dry run said before. */
  estimate: Estimate;
  /** Every state that the stream of events told, the last one included. */
  seen: Status[];
  rows: ResultRow[];
  credits: number;
  durationMs: number;
}

export interface Spectator {
  onEstimate: (estimate: Estimate) => void;
  onProgress: (status: Status) => void;
}

/** Asks what the file would cost, sends it, and follows it to its end. */
export async function runPass(access: ApiAccess, csv: string, spectator: Spectator): Promise<Pass> {
  const estimate = await estimateFile(access, csv);
  spectator.onEstimate(estimate);
  const credits = await creditsThisMonth(access);
  const started = performance.now();
  const taskId = await submitFile(access, csv);
  const seen: Status[] = [];
  for await (const status of followTask(access, taskId)) {
    seen.push(status);
    spectator.onProgress(status);
  }
  const durationMs = performance.now() - started;
  const rows = await listResults(access, taskId);
  return { taskId, estimate, seen, rows, credits: (await creditsThisMonth(access)) - credits, durationMs };
}

export function endOf({ seen }: Pass): Status | undefined {
  return seen.at(-1);
}

/** Rows that have ended. */
export function doneOf({ counts }: Status): number {
  return totalOf(counts);
}
