import { describe, expect, test } from "vitest";
import type { FailureReason } from "../../../../src/domain/enrichment/failure-reason.ts";
import type { SourceFault } from "../../../../src/domain/enrichment/ports.ts";
import type { SourceName } from "../../../../src/domain/enrichment/source.ts";
import { judgeStored } from "../../../../src/domain/jobs/enrich-row.ts";
import { judgeRow } from "../../../../src/domain/jobs/judge-row.ts";
import { buildState, buildStored, HOUR, iso, NOW, SIREN } from "../../../support/enrichment-world.ts";
import { buildTask } from "./build-task.ts";

const SOURCES: SourceName[] = ["insee", "pappers"];
const KNOWN = buildStored([buildState("insee")]);
const UNKNOWN = buildStored([]);

const fault = (
  source: SourceName,
  reason: FailureReason,
  retryAfterMs: number | null = null,
): SourceFault => ({ source, reason, retryAfterMs });

describe("a company that is known", () => {
  test("is enriched when every source answered", () => {
    expect(judgeRow(KNOWN, SOURCES, [])).toEqual({
      kind: "ended",
      end: { outcome: "enriched", reason: null },
    });
  });

  test.each(["busy", "unavailable", "timeout", "malformed", "circuit_open"] as const)(
    "is tried again after %s, and partial in the end",
    (reason) => {
      const verdict = judgeRow(KNOWN, SOURCES, [fault("pappers", reason, 2_000)]);
      const last = { outcome: "partial", reason: `pappers:${reason}` };
      expect(verdict).toEqual({ kind: "again", last, retryAfterMs: 2_000, queued: false });
    },
  );

  test.each(["not_configured", "invalid_key", "quota_exhausted", "budget_reached", "rejected"] as const)(
    "is partial at once after %s",
    (reason) => {
      const end = { outcome: "partial", reason: `pappers:${reason}` };
      expect(judgeRow(KNOWN, SOURCES, [fault("pappers", reason)])).toEqual({ kind: "ended", end });
    },
  );

  test("is partial when a source that was asked said a part only, and enriched when another one did", () => {
    const stored = buildStored([buildState("pappers", { partial: true })]);
    const end = { outcome: "partial", reason: "pappers:partial_answer" };
    expect(judgeRow(stored, SOURCES, [])).toEqual({ kind: "ended", end });
    expect(judgeRow(stored, ["insee"], [])).toMatchObject({ end: { outcome: "enriched" } });
  });
});

describe("a company that nobody knows", () => {
  test("is not found when all were asked", () => {
    expect(judgeRow(UNKNOWN, SOURCES, [])).toEqual({
      kind: "ended",
      end: { outcome: "not_found", reason: null },
    });
  });

  test("may exist while a source is silent: tried again after the longest wait asked for, then told apart", () => {
    const busy = judgeRow(UNKNOWN, SOURCES, [
      fault("insee", "busy", 1_000),
      fault("pappers", "timeout", 7_000),
    ]);
    const last = { outcome: "rate_limited", reason: "insee:busy,pappers:timeout" };
    expect(busy).toEqual({ kind: "again", last, retryAfterMs: 7_000, queued: false });
    const down = judgeRow(UNKNOWN, SOURCES, [fault("insee", "unavailable")]);
    expect(down).toMatchObject({ kind: "again", last: { outcome: "upstream_error" }, retryAfterMs: null });
  });

  test("whose turn at a source has not come has not failed, unless another source did", () => {
    const waiting = { ...fault("insee", "busy", 1_000), queued: true } as const;
    expect(judgeRow(UNKNOWN, SOURCES, [waiting])).toMatchObject({ kind: "again", queued: true });
    const both = [waiting, fault("pappers", "timeout")];
    expect(judgeRow(UNKNOWN, SOURCES, both)).toMatchObject({ kind: "again", queued: false });
  });

  test("is not tried again when a call for it was billed for nothing, whatever else was to be awaited", () => {
    const billed = { ...fault("pappers", "malformed"), credits: 1 };
    const waiting = { ...fault("insee", "busy", 1_000), queued: true } as const;
    const end = { outcome: "upstream_error", reason: "pappers:malformed" };
    expect(judgeRow(UNKNOWN, SOURCES, [billed])).toEqual({ kind: "ended", end });
    expect(judgeRow(KNOWN, SOURCES, [waiting, billed])).toEqual({
      kind: "ended",
      end: { outcome: "partial", reason: "insee:busy,pappers:malformed" },
    });
  });

  test("is not tried again when only our own settings or credits stand in the way", () => {
    const end = { outcome: "upstream_error", reason: "pappers:budget_reached" };
    expect(judgeRow(UNKNOWN, SOURCES, [fault("pappers", "budget_reached")])).toEqual({ kind: "ended", end });
  });
});

describe("a stored copy", () => {
  const task = buildTask({ sources: ["insee", "kaspr"] });
  const { score } = KNOWN;
  const found = (retrievedAt: number) => ({
    siren: SIREN,
    found: { states: [buildState("insee", { retrieved_at: iso(retrievedAt) })], score },
  });

  test("answers while it is fresh, without any source", () => {
    const before = found(NOW - 1);
    expect(judgeStored(task, before, NOW)).toMatchObject({ end: { outcome: "enriched" } });
    expect(judgeStored(task, before, NOW + 2 * HOUR)).toBeNull();
    expect(judgeStored(task, { siren: SIREN, found: undefined }, NOW)).toBeNull();
  });

  test("read since the task was created is young enough for it, whatever age it asks for, if any", () => {
    const late = NOW + 40 * HOUR;
    expect(judgeStored(task, found(NOW), late)).toMatchObject({ end: { outcome: "enriched" } });
    const strict = { ...task, maxAgeMs: 0 };
    expect(judgeStored(strict, found(NOW - 1), NOW + 60_000)).toBeNull();
    expect(judgeStored(strict, found(NOW + 1), NOW + 60_000)).toMatchObject({ end: { outcome: "enriched" } });
  });
});
