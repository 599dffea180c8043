import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { z } from "zod";
import { PART_BYTES } from "../src/domain/exports/engine.ts";
import { type HeapPeak, HeapWatch } from "./export-heap.ts";
import type { BenchFormat } from "./export-options.ts";
import { cpuMicros, familyCpuMicros, forgetPeakMemory, residentMemory } from "./process-cpu.ts";
import { errorKind } from "../src/lib/error-kind.ts";
import { tellProgress } from "./tell-progress.ts";
import type { WorkerdServer } from "./workerd-server.ts";

const MOST_UNANSWERED = 60;
const POLL_MS = 500;

const Created = z.object({ export_id: z.string() });
const Status = z.object({
  export_id: z.string(),
  status: z.string(),
  rows: z.int(),
  bytes: z.int(),
  columns: z.array(z.string()),
  digest: z.string().nullable(),
  failure: z.string().nullable(),
  download_url: z.string().nullable(),
  created_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
});
type Status = z.infer<typeof Status>;

export interface ExportPlace {
  api: WorkerdServer & { inspector: URL };
  apiKey: string;
  client: Client;
  postgresPid: number;
  signal: AbortSignal;
}

/** A finished export, and what it took. */
export interface ExportRun {
  format: BenchFormat;
  rows: number;
  bytes: number;
  columns: string[];
  digest: string;
  link: string;
  /** From the order to the end, as the export itself tells them. */
  seconds: number;
  parts: number;
  /** Those that wrote; one more makes the parts one file. */
  steps: number;
  /** Seconds. */
  cpu: { workerd: number; postgres: number; bench: number };
  /** Bytes, of workerd. */
  memory: { idle: number; peak: number };
  heap: HeapPeak;
}

/** Orders an export of all companies and waits for its end. Throws when it does not complete. */
export async function runExport(place: ExportPlace, format: BenchFormat): Promise<ExportRun> {
  const { api } = place;
  await request(place, "/health");
  const watch = await HeapWatch.start(api.inspector);
  const { ended, cpu, memory, heap } = await measure(place, format, watch);
  const { digest, download_url: link, finished_at: finishedAt } = ended;
  if (ended.status !== "completed" || digest === null || link === null || finishedAt === null) {
    throw new Error(`the ${format} export ended ${ended.status}: ${ended.failure}`);
  }
  return {
    format,
    rows: ended.rows,
    bytes: ended.bytes,
    columns: ended.columns,
    digest,
    link,
    seconds: (Date.parse(finishedAt) - Date.parse(ended.created_at)) / 1_000,
    parts: partsOf(ended.bytes),
    steps: await stepsOf(place.client, ended.export_id),
    cpu,
    memory,
    heap,
  };
}

type Measured = Pick<ExportRun, "cpu" | "memory" | "heap"> & { ended: Status };

async function measure(place: ExportPlace, format: BenchFormat, watch: HeapWatch): Promise<Measured> {
  const { api, postgresPid } = place;
  forgetPeakMemory(api.pid);
  const idle = residentMemory(api.pid).now;
  const [workerd, postgres, own] = [cpuMicros(api.pid), familyCpuMicros(postgresPid), process.cpuUsage()];
  const ended = await orderAndWait(place, format).catch(async (error: unknown) => {
    await watch.stop();
    throw error;
  });
  const { user, system } = process.cpuUsage(own);
  const cpu = {
    workerd: (cpuMicros(api.pid) - workerd) / 1e6,
    postgres: (familyCpuMicros(postgresPid) - postgres) / 1e6,
    bench: (user + system) / 1e6,
  };
  const memory = { idle, peak: residentMemory(api.pid).peak };
  return { ended, cpu, memory, heap: await watch.stop() };
}

async function orderAndWait(place: ExportPlace, format: BenchFormat): Promise<Status> {
  const order = { method: "POST", body: JSON.stringify({ format, filter: {} }) };
  const { export_id: id } = Created.parse(await request(place, "/api/v2/exports", order));
  let unanswered = 0;
  for (;;) {
    await sleep(POLL_MS, undefined, { signal: place.signal });
    const status = await statusOf(place, id);
    unanswered = status === null ? unanswered + 1 : 0;
    if (unanswered > MOST_UNANSWERED) throw new Error("the Worker does not answer any more");
    if (status === null) continue;
    tellProgress(`${format} ${status.rows.toLocaleString("en-GB")} rows`);
    if (status.status !== "queued" && status.status !== "running") return status;
  }
}

/** null: no answer. Reading back a file of 700 MB keeps the one process that is everything here busy for seconds. */
async function statusOf(place: ExportPlace, id: string): Promise<Status | null> {
  try {
    return Status.parse(await request(place, `/api/v2/exports/${id}/status`));
  } catch (error) {
    place.signal.throwIfAborted();
    tellProgress(`no answer about the export, asking again (${errorKind(error)})`);
    return null;
  }
}

async function request(
  { api, apiKey, signal }: ExportPlace,
  path: string,
  init: RequestInit = {},
): Promise<unknown> {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const response = await fetch(`http://127.0.0.1:${api.port}${path}`, { ...init, headers, signal });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

async function stepsOf(client: Client, id: string): Promise<number> {
  const { rows } = await client.query<{ seq: number }>("select seq from exports where id = $1", [id]);
  const [row] = rows;
  if (row === undefined) throw new Error(`no export ${id} in the database`);
  return row.seq;
}

/** A finished export does not keep the list of its parts. Less than one is put at once. */
function partsOf(bytes: number): number {
  return bytes < PART_BYTES ? 0 : Math.ceil(bytes / PART_BYTES);
}
