import { describe, expect, test } from "vitest";
import type { CalledAnswer } from "../../../../src/domain/enrichment/call-source.ts";
import { enrichRow } from "../../../../src/domain/jobs/enrich-row.ts";
import type { Task } from "../../../../src/domain/jobs/task.ts";
import { buildRecord, failedAnswer, foundAnswer, MINUTE, SIREN } from "../../../support/enrichment-world.ts";
import { buildTask } from "./build-task.ts";
import { board } from "../enrichment/flight-board.ts";

const QUEUED: CalledAnswer = { ...failedAnswer("busy", MINUTE), calls: 0 };

/** A row that is tried every six minutes until it ends, 20 times at most. */
async function tryRow(task: Task, scene: ReturnType<typeof board>) {
  const deps = { flights: scene.flight, log: { event: () => undefined }, overcame: () => undefined };
  const kinds: string[] = [];
  while (kinds.length < 20) {
    const { verdict } = await enrichRow(deps, task, SIREN);
    kinds.push(verdict.kind);
    if (verdict.kind === "ended") return { kinds, end: verdict.end };
    scene.clock.now += 6 * MINUTE;
  }
  return { kinds, end: null };
}

describe("a row that comes again because of one source does not buy from another one twice", () => {
  test.each([null, 0])(
    "when that said a part only and is stale in five minutes, max_age %s",
    async (maxAge) => {
      const scene = board({ pappers: { ...foundAnswer(buildRecord(), 1), partial: true }, insee: QUEUED });
      const { kinds } = await tryRow(buildTask({ maxAgeMs: maxAge }), scene);
      expect(kinds).toHaveLength(20);
      expect(scene.asked.filter((source) => source === "pappers")).toEqual(["pappers"]);
      expect(scene.asked.filter((source) => source === "insee")).toHaveLength(20);
    },
  );

  test("when that was billed for an answer that is no use: the row ends", async () => {
    const billed: CalledAnswer = { ...failedAnswer("malformed"), credits: 1 };
    const scene = board({ pappers: billed, insee: QUEUED });
    const { kinds, end } = await tryRow(buildTask(), scene);
    expect(kinds).toEqual(["ended"]);
    expect(end).toEqual({ outcome: "rate_limited", reason: "pappers:malformed,insee:busy" });
    expect(scene.asked.filter((source) => source === "pappers")).toEqual(["pappers"]);
  });
});
