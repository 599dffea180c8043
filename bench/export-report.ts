import type { ExportRun } from "./export-run.ts";
import { type Column, formatTable } from "./table.ts";

/** Of an isolate on Cloudflare. */
const TARGET_BYTES = 128 * 1024 * 1024;

/** A format as it was made, and as its file was found. */
export interface ExportResult {
  run: ExportRun;
  reader: string;
  /** Nothing: the file is right. */
  wrong: string[];
}

const right = (title: string, width: number): Column => ({ title, width, side: "right" });

const RUN_COLUMNS: Column[] = [
  { title: "Format", width: 6, side: "left" },
  right("Rows/s", 7),
  right("Seconds", 7),
  right("File MB", 7),
  right("Parts", 5),
  right("Steps", 5),
  right("workerd CPU s", 13),
  right("Postgres CPU s", 14),
  right("bench CPU s", 11),
];

const MEMORY_COLUMNS: Column[] = [
  { title: "Format", width: 6, side: "left" },
  right("Isolate idle", 12),
  right("Isolate peak", 12),
  right("of it buffers", 13),
  right("Samples", 7),
  right("workerd idle", 12),
  right("workerd peak", 12),
];

const FILE_COLUMNS: Column[] = [
  { title: "Format", width: 6, side: "left" },
  { title: "Opened with", width: 26, side: "left" },
  { title: "Result", width: 60, side: "left" },
];

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

function runCells({ format, rows, seconds, bytes, parts, steps, cpu }: ExportRun): string[] {
  return [
    format,
    Math.round(rows / seconds).toLocaleString("en-GB"),
    seconds.toFixed(1),
    (bytes / 1e6).toFixed(1),
    String(parts),
    String(steps),
    cpu.workerd.toFixed(1),
    cpu.postgres.toFixed(1),
    cpu.bench.toFixed(1),
  ];
}

function memoryCells({ format, heap, memory }: ExportRun): string[] {
  const { idle, peak, peakBuffers, samples } = heap;
  return [
    format,
    mib(idle),
    mib(peak),
    mib(peakBuffers),
    String(samples),
    mib(memory.idle),
    mib(memory.peak),
  ];
}

function verdictOf(results: ExportResult[]): string {
  const most = Math.max(...results.map(({ run }) => run.heap.peak));
  return `Target: the isolate stays under ${mib(TARGET_BYTES)} MiB. Result: ${mib(most)} MiB at most: ${most < TARGET_BYTES ? "met" : "missed"}.`;
}

export function exportReport(rows: number, results: ExportResult[]): string {
  return `EXPORTS of ${rows.toLocaleString("en-GB")} companies, one after the other, each by a Worker that was just started

${formatTable(
  RUN_COLUMNS,
  results.map(({ run }) => runCells(run)),
)}

From the order to the finished, digested file. A step is a queue message that writes; one more makes the parts one file,
and a file of no parts was put at once. workerd's CPU has the simulators of R2, queues and Durable Objects in it; "bench"
is this program: it stands for Neon's HTTP proxy and polls the status.

MEMORY, MiB

${formatTable(
  MEMORY_COLUMNS,
  results.map(({ run }) => memoryCells(run)),
)}

${verdictOf(results)}
"Isolate" is the one V8 isolate that runs the Worker with its queue consumer and all its Durable Objects, sampled every
100 ms by the inspector: used heap, garbage not yet collected included, what the runtime itself keeps in it, and the
contents of buffers. It is not workerd's memory outside of V8, not the simulators, and not Cloudflare's own count; a peak
between two samples, or while one piece of code runs without a pause, is not seen. "workerd" is all of that process (RSS).

FILES, downloaded by their signed links at once and in ranges, with digest, length and row count as announced

${formatTable(
  FILE_COLUMNS,
  results.map(({ run, reader, wrong }) => [
    run.format,
    reader,
    wrong.length === 0 ? "the database's companies, each once; same turnover" : "WRONG, see below",
  ]),
)}`;
}

/** A line for each fault. */
export function faultLines(results: ExportResult[]): string[] {
  return results.flatMap(({ run, wrong }) => wrong.map((fault) => `${run.format}: ${fault}`));
}
