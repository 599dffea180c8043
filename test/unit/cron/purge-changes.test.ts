import { expect, test } from "vitest";
import { purgeChanges } from "../../../src/cron/jobs/purge-changes.ts";

const services = (deleted: number[], calls: string[]) => ({
  pipeline: {
    changes: {
      purge: async (before: string, atMost: number) => {
        calls.push(before);
        return deleted.shift() ?? atMost;
      },
    },
  },
  now: () => Date.parse("2026-11-21T02:17:00Z"),
});

test("old changes are deleted until there is none, or the night has done enough", async () => {
  const few: string[] = [];
  await purgeChanges(services([5_000, 5_000, 12], few));
  expect(few).toEqual(Array.from({ length: 3 }, () => "2025-11-21T02:17:00.000Z"));
  const many: string[] = [];
  await purgeChanges(services([], many));
  expect(many).toHaveLength(200);
});
