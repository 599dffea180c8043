import type { CompanyRow } from "./company-file.ts";
import { enrich, type Answer, type ApiAccess } from "./enrich.ts";

const CONCURRENCY = 8;

export interface Pass {
  answers: Answer[];
  durationMs: number;
}

/** Asks for every row, eight at a time; the answers keep the rows' order. */
export async function runPass(
  access: ApiAccess,
  rows: CompanyRow[],
  onProgress: (done: number) => void,
): Promise<Pass> {
  const started = performance.now();
  const answers = new Map<string, Answer>();
  // One iterator that all share: each takes the next row as soon as it is free.
  const queue = rows.values();
  const work = async (): Promise<void> => {
    for (const row of queue) {
      access.signal.throwIfAborted();
      answers.set(row.siren, await enrich(access, row));
      onProgress(answers.size);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return {
    answers: rows.flatMap((row) => answers.get(row.siren) ?? []),
    durationMs: performance.now() - started,
  };
}
