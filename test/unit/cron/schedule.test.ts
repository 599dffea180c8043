import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SCHEDULE } from "../../../src/cron/schedule.ts";

test("the platform is told to run what the schedule has, and nothing else", () => {
  const toml = readFileSync("wrangler.toml", "utf8");
  const lists = [...toml.matchAll(/^crons = \[(.*)\]$/gm)].map(([, list]) => list?.match(/"[^"]+"/g) ?? []);
  expect(lists.length).toBeGreaterThan(0);
  for (const list of lists) {
    expect(list.map((one) => one.slice(1, -1)).sort()).toEqual(Object.keys(SCHEDULE).sort());
  }
});
