import { describeError } from "./local-error.ts";

const MINUTE_MS = 60_000;

/** Those of wrangler.toml that a stack of a day needs; the nightly one keeps house for longer than that. */
const CRONS = [
  { cron: "*/5 * * * *", everyMs: 5 * MINUTE_MS, atOnce: true },
  { cron: "7 * * * *", everyMs: 60 * MINUTE_MS, atOnce: false },
];
/** Shorter than the time between two runs: none overlaps the next. */
const LONGEST_RUN_MS = 4 * MINUTE_MS;

/**
 * Does for a Worker at `url` what the platform does in production: `wrangler dev` runs no cron by itself. Until it is
 * stopped; `say` hears of the first run that failed, the Worker's own log of every one.
 */
export function startCrons(url: string, say: (line: string) => void): { stop: () => void } {
  const stopped = new AbortController();
  const told = { failure: false };
  const run = async (cron: string): Promise<void> => {
    try {
      await runCron(url, cron, stopped.signal);
    } catch (error) {
      if (stopped.signal.aborted || told.failure) return;
      told.failure = true;
      say(`Crons      ${cron} failed, the next run is tried all the same: ${describeError(error)}`);
    }
  };
  const timers = CRONS.map(({ cron, everyMs, atOnce }) => {
    if (atOnce) void run(cron);
    return setInterval(() => void run(cron), everyMs);
  });
  return {
    stop: () => {
      for (const timer of timers) clearInterval(timer);
      stopped.abort();
    },
  };
}

/** One run, as the Worker's `scheduled` handler; throws when it failed. */
export async function runCron(url: string, cron: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(`${url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent(cron)}`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_RUN_MS)]),
  });
  const outcome = await response.text();
  if (response.status !== 200) throw new Error(`status ${response.status}, ${outcome.slice(0, 200)}`);
}
