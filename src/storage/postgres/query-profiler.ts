import { metrics } from "../../observability/metric-buffer.ts";
import { span } from "../../observability/span.ts";
import { MinuteBudget } from "../../observability/minute-budget.ts";
import { nameStatement } from "../../observability/statement-name.ts";
import { currentWork } from "../../observability/work.ts";
import { statementFailure } from "./statement-failure.ts";

interface ProfilerDeps {
  /** A round trip that takes longer is logged. */
  slowMs: number;
  log: { event: (name: string, fields: Record<string, string | number>) => void };
  now: () => number;
}

/** A list of all the statements of a long transaction helps nobody. */
const NAMED_IN_LOG = 8;
/** A database that is slow is slow for all: more lines would say the same, and slow down what is slow already. */
const LINES_PER_MINUTE = 60;

/** Counts and times what goes to the database, by the names of its statements; never sees a parameter. */
export class QueryProfiler {
  readonly #deps: ProfilerDeps;
  readonly #lines = new MinuteBudget(LINES_PER_MINUTE);

  constructor(deps: ProfilerDeps) {
    this.#deps = deps;
  }

  /** One round trip, which carries `texts`. Throws what `ask` throws. */
  async run<Result>(texts: readonly string[], ask: () => Promise<Result>): Promise<Result> {
    const { now } = this.#deps;
    const statements = texts.map(nameStatement);
    const names = statements.map(({ name }) => name);
    const [only] = statements.length === 1 ? statements : [];
    const operation = only?.operation ?? "transaction";
    const started = now();
    try {
      const attributes = { "db.system.name": "postgresql", "db.operation.name": operation };
      return await span(`db ${only?.name ?? operation}`, { kind: "client", attributes }, ask);
    } catch (error) {
      metrics.count("db_errors_total", { kind: statementFailure(error) });
      throw error;
    } finally {
      this.#tell(names, operation, now() - started);
    }
  }

  #tell(names: readonly string[], operation: string, ms: number): void {
    currentWork()?.queries.add(names, ms);
    metrics.observe("db_query_duration_seconds", { operation }, ms / 1_000);
    // Each statement of a transaction is given an equal share, so that the shares add up to the time that was spent.
    const share = ms / names.length / 1_000;
    for (const statement of names) {
      metrics.count("db_statement_calls_total", { statement });
      metrics.count("db_statement_seconds_total", { statement }, share);
    }
    if (ms < this.#deps.slowMs) return;
    metrics.count("db_slow_queries_total", {});
    if (!this.#lines.take(this.#deps.now())) return;
    const statement = names.slice(0, NAMED_IN_LOG).join(" ");
    this.#deps.log.event("slow_query", { statement, statements: names.length, ms });
  }
}
