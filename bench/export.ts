import os from "node:os";
import path from "node:path";
import { describeError } from "../local/local-error.ts";
import { runCommand, type Run } from "../local/run-command.ts";
import { Teardown } from "../local/teardown.ts";
import { checkDownload } from "./export-download.ts";
import { type BenchFormat, EXPORT_USAGE, readExportOptions } from "./export-options.ts";
import { type ExportBench, openExportBench } from "./export-place.ts";
import { type FileToOpen, openCsv, openNdjson, type Opened, openSql, openXlsx } from "./export-readers.ts";
import { type ExportResult, exportReport, faultLines } from "./export-report.ts";
import { type ExportRun, runExport } from "./export-run.ts";
import { machineFacts, machineReport } from "./machine.ts";
import { requireProc } from "./process-cpu.ts";
import { tellProgress } from "./tell-progress.ts";

const OPEN: Record<BenchFormat, (file: FileToOpen) => Promise<Opened>> = {
  csv: openCsv,
  ndjson: openNdjson,
  xlsx: openXlsx,
  sql: openSql,
};

async function benchExport(run: Run): Promise<number> {
  const options = readExportOptions(process.argv.slice(2));
  if (options === null) {
    console.log(EXPORT_USAGE);
    return 0;
  }
  requireProc();
  const loadBefore = os.loadavg()[0] ?? 0;
  const teardown = new Teardown();
  try {
    const bench = await openExportBench(options.rows, run, teardown);
    const results: ExportResult[] = [];
    const machine = { report: "" };
    for (const format of options.formats) {
      const place = await bench.serve(format);
      machine.report = machineReport(machineFacts(place.api.pid, loadBefore), options.quick);
      const made = await runExport(place, format);
      results.push(await checkFile(bench, made, run.signal));
      await place.api.stop();
    }
    console.log(`${machine.report}\n\n${exportReport(options.rows, results)}`);
    const faults = faultLines(results);
    for (const fault of faults) console.error(fault);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await teardown.run();
  }
}

async function checkFile(
  { folder, truth, secondUrl }: ExportBench,
  run: ExportRun,
  signal: AbortSignal,
): Promise<ExportResult> {
  const { format, columns, rows } = run;
  const file = path.join(folder, `companies.${format}`);
  try {
    tellProgress(`${format}: downloading`);
    const wrong = await checkDownload(run.link, file, { expected: run, signal });
    tellProgress(`${format}: opening`);
    const opened = await OPEN[format]({ path: file, columns, rows, databaseUrl: secondUrl, signal });
    return { run, reader: opened.reader, wrong: [...wrong, ...opened.tally.differences(truth)] };
  } catch (error) {
    signal.throwIfAborted();
    return { run, reader: "could not be opened", wrong: [describeError(error)] };
  }
}

await runCommand(benchExport);
