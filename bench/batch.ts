import os from "node:os";
import path from "node:path";
import { runCommand, type Run } from "../local/run-command.ts";
import { Teardown } from "../local/teardown.ts";
import { BATCH_USAGE, type BatchOptions, readBatchOptions } from "./batch-options.ts";
import { type BatchRow, batchReport, type Reads, readsReport } from "./batch-report.ts";
import { runBatch } from "./batch-run.ts";
import { enrichAll } from "./cold.ts";
import { companyRequest } from "./hot-cases.ts";
import { encodeRequest } from "./http-load.ts";
import { machineFacts, machineReport, showProgress } from "./machine.ts";
import { type Neighbours, startNeighbours } from "./neighbours.ts";
import { readPaced } from "./paced-reads.ts";
import { requireProc } from "./process-cpu.ts";
import { SirenSequence } from "./sirens.ts";
import { startWorkerd, type WorkerdServer } from "./workerd-server.ts";

const READS_IN_FLIGHT = 50;

interface Bench {
  options: BatchOptions;
  neighbours: Neighbours;
  sirens: SirenSequence;
  signal: AbortSignal;
  /** An API that has so many companies of a batch under way at once. */
  serve: (name: string, inFlight: number) => Promise<WorkerdServer>;
}

async function benchBatch(run: Run): Promise<number> {
  const options = readBatchOptions(process.argv.slice(2));
  if (options === null) {
    console.log(BATCH_USAGE);
    return 0;
  }
  requireProc();
  const loadBefore = os.loadavg()[0] ?? 0;
  const teardown = new Teardown();
  try {
    const bench = await setUp(options, run, teardown);
    const other = await bench.serve("another isolate", READS_IN_FLIGHT);
    console.log(machineReport(machineFacts(other.pid, loadBefore), options.quick));
    console.log(`\n${batchReport(await runLevels(bench))}`);
    console.log(`\n${readsReport(await runReads(bench, other))}`);
    return 0;
  } finally {
    await teardown.run();
  }
}

async function setUp(options: BatchOptions, run: Run, teardown: Teardown): Promise<Bench> {
  const neighbours = await startNeighbours(run, teardown);
  const serve: Bench["serve"] = async (name, inFlight) => {
    run.signal.throwIfAborted();
    const server = await startWorkerd({
      configPath: "wrangler.toml",
      script: "src/worker.ts",
      bindings: { ...neighbours.settings, BATCH_IN_FLIGHT: String(inFlight) },
      folder: path.join(neighbours.folder, name),
      signal: run.signal,
    });
    teardown.add(name, () => server.stop());
    return server;
  };
  return { options, neighbours, sirens: new SirenSequence(), signal: run.signal, serve };
}

async function runLevels(bench: Bench): Promise<BatchRow[]> {
  const { options, neighbours, sirens, signal } = bench;
  const rows: BatchRow[] = [];
  const servers = new Map<number, WorkerdServer>();
  for (const inFlight of options.inFlight)
    servers.set(inFlight, await bench.serve(`${inFlight} in flight`, inFlight));
  for (const latencyMs of options.latencies) {
    await neighbours.sandbox.delay(latencyMs);
    for (const [inFlight, api] of servers) {
      const place = { api, apiKey: neighbours.apiKey, signal };
      showProgress(`batches, ${latencyMs} ms, ${inFlight} in flight`);
      await runBatch(place, sirens.take(50));
      rows.push({ latencyMs, inFlight, result: await runBatch(place, sirens.take(options.companies)) });
    }
  }
  return rows;
}

/** The same company, read at two places while nothing happens and while the first of them works on a batch. */
async function runReads(bench: Bench, other: WorkerdServer): Promise<Reads[]> {
  const { options, neighbours, sirens, signal } = bench;
  const { apiKey, sandbox } = neighbours;
  const api = await bench.serve("batch and reads", READS_IN_FLIGHT);
  const [siren = ""] = sirens.take(1);
  const request = encodeRequest(companyRequest(siren, apiKey));
  await sandbox.delay(options.latencies[0] ?? 0);
  const places = [
    { where: "the process that works on the batch", server: api },
    { where: "another process, as on Cloudflare", server: other },
  ];
  const reads: Reads[] = [];
  for (const { where, server } of places) {
    await enrichAll({ api: server, apiKey, sandbox, signal }, [siren], 1);
    showProgress(`reads by ${where}`);
    const read = async (until: (done: number) => boolean): Promise<number[]> =>
      readPaced({ port: server.port, request, signal, until });
    await read((done) => done >= options.idleReads / 4);
    const idle = await read((done) => done >= options.idleReads);
    const ended = { yet: false };
    const batch = runBatch({ api, apiKey, signal }, sirens.take(options.companies)).finally(() => {
      ended.yet = true;
    });
    const busy = await read(() => ended.yet);
    await batch;
    reads.push({ where, idle, busy });
  }
  return reads;
}

await runCommand(benchBatch);
