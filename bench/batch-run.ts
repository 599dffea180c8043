import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { cpuMicros } from "./process-cpu.ts";
import type { WorkerdServer } from "./workerd-server.ts";

const POLL_MS = 100;
const Accepted = z.object({ task_id: z.string() });
const Status = z.object({
  status: z.string(),
  rows: z.int(),
  counts: z.object({ enriched: z.int() }),
});

export interface BatchPlace {
  api: WorkerdServer;
  apiKey: string;
  signal: AbortSignal;
}

export interface BatchResult {
  companies: number;
  /** From the upload to the end of the last row, as the status tells it. */
  durationMs: number;
  /** Of the workerd process, with its simulators of queues, KV and Durable Objects; upload and split included. */
  cpuPerCompany: number;
}

/** One file of never-seen companies, from the upload to its end. Throws when a row is not enriched. */
export async function runBatch(place: BatchPlace, sirens: readonly string[]): Promise<BatchResult> {
  const cpu = cpuMicros(place.api.pid);
  const startedAt = performance.now();
  const taskId = await submit(place, sirens);
  let status = await statusOf(place, taskId);
  while (status.status === "queued" || status.status === "running") {
    await sleep(POLL_MS, undefined, { signal: place.signal });
    status = await statusOf(place, taskId);
  }
  const durationMs = performance.now() - startedAt;
  if (status.counts.enriched !== sirens.length) {
    throw new Error(`the batch ended otherwise: ${JSON.stringify(status)}`);
  }
  return {
    companies: sirens.length,
    durationMs,
    cpuPerCompany: (cpuMicros(place.api.pid) - cpu) / sirens.length,
  };
}

async function submit(place: BatchPlace, sirens: readonly string[]): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${place.api.port}/api/v2/scraping/batch-async`, {
    method: "POST",
    headers: { authorization: `Bearer ${place.apiKey}`, "content-type": "text/csv" },
    body: `siren\n${sirens.join("\n")}\n`,
    signal: place.signal,
  });
  if (response.status !== 202) throw new Error(`the batch was refused: ${await response.text()}`);
  return Accepted.parse(await response.json()).task_id;
}

async function statusOf(place: BatchPlace, taskId: string): Promise<z.infer<typeof Status>> {
  const response = await fetch(`http://127.0.0.1:${place.api.port}/api/v2/tasks/${taskId}/status`, {
    headers: { authorization: `Bearer ${place.apiKey}` },
    signal: place.signal,
  });
  return Status.parse(await response.json());
}
