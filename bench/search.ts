import os from "node:os";
import { runCommand, type Run } from "../local/run-command.ts";
import { Teardown } from "../local/teardown.ts";
import { type CompanyDatabase, openCompanyDatabase } from "./company-database.ts";
import { readSearchOptions, SEARCH_USAGE } from "./search-options.ts";
import { explainSearches, plansReport, readBound } from "./search-plans.ts";
import { loadReport, searchReport } from "./search-report.ts";
import { runSearches } from "./search-run.ts";
import { upsertReport } from "./search-upsert.ts";

async function benchSearch(run: Run): Promise<number> {
  const options = readSearchOptions(process.argv.slice(2));
  if (options === null) {
    console.log(SEARCH_USAGE);
    return 0;
  }
  const loadBefore = os.loadavg()[0] ?? 0;
  const teardown = new Teardown();
  try {
    const database = await openCompanyDatabase(options, run, teardown);
    if (options.checkPlans) return await checkPlans(database, options.rows);
    console.log(machineLines(loadBefore));
    console.log(`${await loadReport(database, options.rows)}\n`);
    console.log(searchReport(await runSearches(database.client, options.runs, run.signal)));
    console.log(`\n${await upsertReport(database.client, options.runs)}`);
    if (options.quick) console.log("A --quick run: it shows that everything works, its numbers mean little.");
    return 0;
  } finally {
    await teardown.run();
  }
}

function machineLines(loadBefore: number): string {
  const processor = os.cpus()[0]?.model.trim() ?? "unknown processor";
  const cores = os.availableParallelism();
  const memory = (os.totalmem() / 2 ** 30).toFixed(0);
  return [
    `Machine: ${processor}, ${cores} cores, ${memory} GB; Node ${process.version}`,
    `Load of the machine before the run: ${loadBefore.toFixed(2)} (0 is an idle machine, ${cores} a full one)`,
  ].join("\n");
}

async function checkPlans({ client }: CompanyDatabase, rows: number): Promise<number> {
  const plans = await explainSearches(client);
  console.log(plansReport(plans));
  const guilty = new Set(plans.filter(({ readsAll }) => readsAll).map(({ query }) => query));
  for (const name of guilty) console.error(`${name} reads every company: an index is missing or not used`);
  const bound = readBound(rows);
  const greedy = plans.filter(({ read }) => read > bound);
  for (const { query, page, read } of greedy)
    console.error(`${query}, ${page} page: ${read} entries and rows read, more than ${bound}`);
  return guilty.size + greedy.length === 0 ? 0 : 1;
}

await runCommand(benchSearch);
