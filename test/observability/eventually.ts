import { setTimeout as sleep } from "node:timers/promises";

interface Wait {
  what: string;
  withinMs: number;
  signal: AbortSignal;
}

/** What `look` finds, asked again and again until it is something. Throws after `withinMs`. */
export async function eventually<Found>(
  { what, withinMs, signal }: Wait,
  look: () => Found | null | Promise<Found | null>,
): Promise<Found> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs / 1_000} s`);
    await sleep(250);
  }
}
