import os from "node:os";
import path from "node:path";
import { runCommand, type Run } from "../local/run-command.ts";
import { Teardown } from "../local/teardown.ts";
import { enrichAll, type EnrichPlace, type EnrichResult } from "./cold.ts";
import { companyRequest, type HotCase, hotCases, type HotServers, observedCases } from "./hot-cases.ts";
import { type HotRow, measureHot } from "./hot.ts";
import { encodeRequest, exchangeOnce } from "./http-load.ts";
import { type Neighbours, startNeighbours } from "./neighbours.ts";
import { type BenchOptions, readOptions, USAGE } from "./options.ts";
import { requireProc } from "./process-cpu.ts";
import { machineFacts, machineReport, showProgress } from "./machine.ts";
import { coldReport, hotReport, observedReport, reuseReport } from "./report.ts";
import { SirenSequence } from "./sirens.ts";
import { sum } from "./statistics.ts";
import { startTraceCollector, type TraceCollector } from "./trace-collector.ts";
import { startWorkerd, type WorkerdOptions, type WorkerdServer } from "./workerd-server.ts";
import { drawZipf } from "./zipf.ts";

const LATENCY_MS = 50;
const REUSE_CONCURRENCY = 50;

interface Bench {
  options: BenchOptions;
  neighbours: Neighbours;
  collector: TraceCollector;
  place: EnrichPlace;
  sirens: SirenSequence;
  /** Starts one more workerd, taken down with everything else. */
  serve: (name: string, what: Omit<WorkerdOptions, "folder" | "signal">) => Promise<WorkerdServer>;
}

async function benchEnrich(run: Run): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === null) {
    console.log(USAGE);
    return 0;
  }
  requireProc();
  const loadBefore = os.loadavg()[0] ?? 0;
  const teardown = new Teardown();
  try {
    const bench = await setUp(options, run, teardown);
    const facts = machineFacts(bench.place.api.pid, loadBefore);
    console.log(machineReport(facts, options.quick));
    if (options.only === "observed") {
      console.log(`\n${observedReport(await runObserved(bench), options)}`);
      return 0;
    }
    console.log(`\n${hotReport(await runHot(bench), options)}`);
    if (options.only === "hot") return 0;
    const cold = await runCold(bench);
    console.log(`\n${coldReport(cold.results, LATENCY_MS)}`);
    console.log(`\n${reuseReport(await runReuse(bench, cold))}`);
    return 0;
  } finally {
    await teardown.run();
  }
}

async function setUp(options: BenchOptions, run: Run, teardown: Teardown): Promise<Bench> {
  const neighbours = await startNeighbours(run, teardown);
  const serve: Bench["serve"] = async (name, what) => {
    run.signal.throwIfAborted();
    const server = await startWorkerd({
      ...what,
      folder: path.join(neighbours.folder, name),
      signal: run.signal,
    });
    teardown.add(name, () => server.stop());
    return server;
  };
  const api = await serve("the API", {
    configPath: "wrangler.toml",
    script: "src/worker.ts",
    bindings: neighbours.settings,
  });
  const collector = await startTraceCollector();
  teardown.add("The trace collector", () => collector.stop());
  const { apiKey, sandbox } = neighbours;
  const place = { api, apiKey, sandbox, signal: run.signal };
  return { options, neighbours, collector, place, sirens: new SirenSequence(), serve };
}

async function runHot(bench: Bench): Promise<HotRow[]> {
  const { place, sirens } = bench;
  const [siren = ""] = sirens.take(1);
  const variants = await startVariants(bench);
  for (const api of [place.api, ...Object.values(variants)]) await enrichAll({ ...place, api }, [siren], 1);
  const request = encodeRequest(companyRequest(siren, place.apiKey));
  const answer = await exchangeOnce(place.api.port, request, place.signal);
  const servers = { ...(await startYardsticks(bench, answer.body.toString())), ...variants };
  return measure(bench, hotCases(servers, siren, place.apiKey));
}

async function measure({ options: { rounds, requests }, place }: Bench, cases: HotCase[]): Promise<HotRow[]> {
  return measureHot(cases, {
    rounds,
    requests,
    signal: place.signal,
    onRound: (round) => showProgress(`cached requests, round ${round} of ${rounds}`),
  });
}

async function runObserved(bench: Bench): Promise<HotRow[]> {
  const { place, sirens } = bench;
  const [siren = ""] = sirens.take(1);
  const servers = {
    api: place.api,
    unobserved: await startVariant(bench, "unobserved", UNOBSERVED),
    traced: await startVariant(bench, "traced", { TRACES_URL: bench.collector.url }),
    twin: await startVariant(bench, "unobserved as well", UNOBSERVED),
  };
  for (const api of Object.values(servers)) await enrichAll({ ...place, api }, [siren], 1);
  return measure(bench, observedCases(servers, siren, place.apiKey));
}

const UNOBSERVED = { OBSERVABILITY: "off" };

type Variants = Pick<HotServers, "unlimited" | "unobserved" | "traced">;

/** The same API with one thing changed in each. */
async function startVariants(bench: Bench): Promise<Variants> {
  return {
    unlimited: await startVariant(bench, "without limits", { RATE_LIMITS: "off" }),
    unobserved: await startVariant(bench, "unobserved", UNOBSERVED),
    traced: await startVariant(bench, "traced", { TRACES_URL: bench.collector.url }),
  };
}

async function startVariant(
  { neighbours, serve }: Bench,
  name: string,
  settings: Record<string, string>,
): Promise<WorkerdServer> {
  return serve(`the API ${name}`, {
    configPath: "wrangler.toml",
    script: "src/worker.ts",
    bindings: { ...neighbours.settings, ...settings },
  });
}

async function startYardsticks(
  { place, serve }: Bench,
  body: string,
): Promise<Omit<HotServers, keyof Variants>> {
  const configPath = "bench/baseline.toml";
  const baseline = await serve("the baseline", {
    configPath,
    script: "bench/baseline-worker.ts",
    bindings: { COMPANY: JSON.parse(body) },
  });
  const bare = await serve("the stricter yardstick", {
    configPath,
    script: "bench/bare-worker.ts",
    bindings: { BODY: body },
  });
  return { api: place.api, baseline, bare };
}

interface ColdRun {
  sirens: string[];
  results: { concurrency: number; result: EnrichResult }[];
}

async function runCold({ options, place, sirens }: Bench): Promise<ColdRun> {
  await place.sandbox.delay(LATENCY_MS);
  await enrichAll(place, sirens.take(options.quick ? 30 : 200), 20);
  const run: ColdRun = { sirens: [], results: [] };
  for (const { concurrency, companies } of options.cold) {
    showProgress(`never-seen companies, ${concurrency} at a time`);
    const fresh = sirens.take(companies);
    run.sirens.push(...fresh);
    run.results.push({ concurrency, result: await enrichAll(place, fresh, concurrency) });
  }
  return run;
}

async function runReuse(bench: Bench, cold: ColdRun): Promise<Parameters<typeof reuseReport>[0]> {
  const { options, place, sirens } = bench;
  showProgress("the same companies again");
  const again = await enrichAll(place, cold.sirens, REUSE_CONCURRENCY);
  showProgress("replay");
  const { companies, requests } = options.replay;
  const wanted = drawZipf(sirens.take(companies), requests, "replay");
  const replay = await enrichAll(place, wanted, REUSE_CONCURRENCY);
  const callsPerCompany = sum(cold.results.map(({ result }) => result.calls)) / cold.sirens.length;
  const distinct = new Set(wanted).size;
  return { again, companiesAgain: cold.sirens.length, replay, companiesReplayed: distinct, callsPerCompany };
}

await runCommand(benchEnrich);
