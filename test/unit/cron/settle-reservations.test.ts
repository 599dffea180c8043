import { expect, test } from "vitest";
import { settleReservations } from "../../../src/cron/jobs/settle-reservations.ts";

test("calls that nobody heard of again are presumed to the last one, however many there are", async () => {
  let left = 2_500;
  const logged: unknown[] = [];
  const presume = async (_ageMs: number, limit: number) => {
    const entries = Math.min(left, limit);
    left -= entries;
    return { entries, credits: entries };
  };
  const services = {
    usage: { ledger: { presume } },
    log: { event: (...line: unknown[]) => logged.push(line) },
  };
  await settleReservations(services);
  expect(left).toBe(0);
  expect(logged).toHaveLength(3);
});
