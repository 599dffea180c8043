import { expect, test } from "vitest";
import { ChunkWriter } from "../../../../src/domain/jobs/chunk-writer.ts";
import { noCounts } from "../../../../src/domain/jobs/task.ts";

const end = (rowNo: number, outcome: "enriched" | "partial" | "not_found") => ({
  rowNo,
  outcome,
  reason: null,
});

test("rows count as enriched once they are written: those of a write that failed do not", async () => {
  const writes: number[] = [];
  const tasks = {
    endRows: async (_: unknown, ends: unknown[]) => {
      writes.push(ends.length);
      if (writes.length > 1) throw new Error("storage away");
      return { counts: noCounts(), open: 5 };
    },
  };
  const board = { report: async () => ({ complete: false }) };
  const deps = { tasks, board, now: () => 0, log: { event: () => undefined } };
  const writer = new ChunkWriter(deps, { taskId: "tsk_1", chunk: 0 });
  const stored = Array.from({ length: 9 }, (_, at) => end(at, at < 4 ? "partial" : "not_found"));
  await writer.add("cache", stored);
  await writer.add("sources", [end(9, "enriched")]);
  await writer.add("sources", [end(10, "enriched")]);
  const failed = await writer.finish().catch((error: unknown) => error);
  expect(failed).toEqual(new Error("storage away"));
  expect([writes, writer.enriched]).toEqual([[10, 1], { cache: 4, sources: 1 }]);
});
