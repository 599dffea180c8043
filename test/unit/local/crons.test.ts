import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startCrons } from "../../../local/crons.ts";

const FIVE_MINUTES = 300_000;
const asked: URL[] = [];
const answer = { status: 200, text: "ok" };

beforeEach(() => {
  asked.length = 0;
  Object.assign(answer, { status: 200, text: "ok" });
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(new URL(url));
    return new Response(answer.text, { status: answer.status });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const runs = (cron: string): number => asked.filter((url) => url.searchParams.get("cron") === cron).length;

test("the upkeep runs at once and every five minutes, the hourly job hourly, the nightly one never, and none after the stop", async () => {
  const lines: string[] = [];
  const crons = startCrons("http://127.0.0.1:8787", (line) => lines.push(line));
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.map(String)).toEqual([
    "http://127.0.0.1:8787/cdn-cgi/local/scheduled?cron=*%2F5%20*%20*%20*%20*",
  ]);
  await vi.advanceTimersByTimeAsync(12 * FIVE_MINUTES);
  expect([runs("*/5 * * * *"), runs("7 * * * *"), asked.length]).toEqual([13, 1, 14]);
  crons.stop();
  await vi.advanceTimersByTimeAsync(24 * FIVE_MINUTES);
  expect([asked.length, lines]).toEqual([14, []]);
});

test("runs that fail are told of once, and tried again", async () => {
  const lines: string[] = [];
  Object.assign(answer, { status: 500, text: "exception" });
  const crons = startCrons("http://127.0.0.1:8787", (line) => lines.push(line));
  await vi.advanceTimersByTimeAsync(2 * FIVE_MINUTES);
  expect([runs("*/5 * * * *"), lines]).toEqual([
    3,
    ["Crons      */5 * * * * failed, the next run is tried all the same: status 500, exception"],
  ]);
  crons.stop();
});

test("a run that is cut by the stop is no failure", async () => {
  const lines: string[] = [];
  vi.stubGlobal("fetch", async (_: string, { signal }: { signal: AbortSignal }) => {
    const { promise, reject } = Promise.withResolvers<Response>();
    signal.addEventListener("abort", () => reject(new Error("aborted")));
    return promise;
  });
  startCrons("http://127.0.0.1:8787", (line) => lines.push(line)).stop();
  await vi.advanceTimersByTimeAsync(FIVE_MINUTES);
  expect(lines).toEqual([]);
});
