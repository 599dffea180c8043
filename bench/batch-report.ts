import type { BatchResult } from "./batch-run.ts";
import { percentile } from "./statistics.ts";
import { type Column, formatTable } from "./table.ts";

export interface BatchRow {
  latencyMs: number;
  inFlight: number;
  result: BatchResult;
}

export interface Reads {
  where: string;
  idle: number[];
  busy: number[];
}

const BATCH_COLUMNS: Column[] = [
  { title: "Latency ms", width: 10, side: "right" },
  { title: "In flight", width: 9, side: "right" },
  { title: "Companies", width: 9, side: "right" },
  { title: "Seconds", width: 7, side: "right" },
  { title: "Companies/s", width: 11, side: "right" },
  { title: "vs 10", width: 6, side: "right" },
  { title: "CPU ms/company", width: 14, side: "right" },
  { title: "Cores used", width: 10, side: "right" },
];

function perSecond({ companies, durationMs }: BatchResult): number {
  return (companies / durationMs) * 1_000;
}

export function batchReport(rows: BatchRow[]): string {
  const cells = rows.map(({ latencyMs, inFlight, result }) => {
    const first = rows.find((row) => row.latencyMs === latencyMs)?.result ?? result;
    return [
      String(latencyMs),
      String(inFlight),
      String(result.companies),
      (result.durationMs / 1_000).toFixed(1),
      perSecond(result).toFixed(0),
      `${(perSecond(result) / perSecond(first)).toFixed(2)}×`,
      (result.cpuPerCompany / 1_000).toFixed(2),
      ((result.cpuPerCompany * result.companies) / 1_000 / result.durationMs).toFixed(2),
    ];
  });
  return `BATCHES of never-seen companies: three free sources each, every provider answering after the latency given
One consumer at a time, as the local queue has it; a batch is timed from its upload to the end of its last row.

${formatTable(BATCH_COLUMNS, cells)}

More in flight helps as long as the sources' answers are what is waited for. Where "Cores used" comes near 1, the one
thread on which workerd runs the Worker, its objects, queue and caches is full, and nothing more is gained.`;
}

const READ_COLUMNS: Column[] = [
  { title: "Cached GET answered by", width: 44, side: "left" },
  { title: "", width: 5, side: "left" },
  { title: "Reads", width: 6, side: "right" },
  { title: "p50 ms", width: 7, side: "right" },
  { title: "p99 ms", width: 7, side: "right" },
  { title: "p99 ratio", width: 9, side: "right" },
];

function readCells(values: number[]): string[] {
  return [String(values.length), percentile(values, 50).toFixed(2), percentile(values, 99).toFixed(2)];
}

export function readsReport(reads: Reads[]): string {
  const rows = reads.flatMap(({ where, idle, busy }) => {
    const ratio = percentile(busy, 99) / percentile(idle, 99);
    return [
      [where, "idle", ...readCells(idle), ""],
      ["", "batch", ...readCells(busy), `${ratio.toFixed(1)}×`],
    ];
  });
  return `CACHED READS while a batch runs, 50 in flight: one read every 10 ms on one connection (target: p99 within 2×)

${formatTable(READ_COLUMNS, rows)}

On Cloudflare a consumer runs in an isolate of its own, seldom on the machine that answers a read: the second line is
the closer one. In the same process a read waits for whatever piece of the batch the one thread is busy with. Here both
processes, the database, the sandbox and this program share the machine's cores.`;
}
