import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, runLoad } from "./http-load.ts";

const PAUSE_MS = 10;

export interface PacedReads {
  port: number;
  request: Buffer;
  signal: AbortSignal;
  /** Stops after this many, or when it says so. */
  until: (done: number) => boolean;
}

/** One read after the other on one connection, 10 ms apart: latencies in ms. */
export async function readPaced({ port, request, signal, until }: PacedReads): Promise<number[]> {
  const latencies: number[] = [];
  while (!until(latencies.length)) {
    const { latencies: one } = await runLoad({
      port,
      concurrency: 1,
      requests: 1,
      request: () => request,
      check: ensureOk,
      signal,
    });
    latencies.push(...one);
    await sleep(PAUSE_MS, undefined, { signal });
  }
  return latencies;
}

function ensureOk({ status, body }: Answer): void {
  if (status !== 200) throw new Error(`a cached read answered ${status}: ${body.toString().slice(0, 200)}`);
}
