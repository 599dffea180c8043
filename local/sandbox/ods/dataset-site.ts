import { type Context, Hono } from "hono";
import type { SourceName } from "../../../src/domain/enrichment/source.ts";
import type { SandboxState } from "../control/sandbox-state.ts";
import type { ProviderSite } from "../provider-site.ts";
import type { SandboxCompany } from "../world/company.ts";
import { parseWhere, type Row } from "./where-clause.ts";

/** An Opendatasoft portal with one data set, whose rows each come from one company. */
export interface Dataset {
  provider: SourceName;
  prefix: string;
  name: string;
  rowsOf(company: SandboxCompany): Row[];
}

const MAX_LIMIT = 100;
const MAX_DEPTH = 10_000;

function failure(status: number, error_code: string, message: string): Response {
  return Response.json({ error_code, message }, { status });
}

function badParameter(name: string, found: string, expected: string): Response {
  const message = `Invalid value for ${name} API parameter: ${found} was found but ${expected} is expected.`;
  return failure(400, "InvalidRESTParameterError", message);
}

function refusal(status: number): Response {
  if (status === 429) return failure(429, "10002", "Too many requests on the domain.");
  return failure(status, "InternalError", "An unexpected error occurred.");
}

function sirensIn(context: Context): string[] {
  const where = parseWhere(context.req.query("where") ?? "");
  return where.ok ? where.sirens : [];
}

function sortKey(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** `dateparution desc, id` */
function sorter(orderBy: string): (one: Row, other: Row) => number {
  const keys = orderBy.split(",").map((part) => part.trim().split(/\s+/));
  const { compare } = new Intl.Collator("en", { numeric: true });
  return (one, other) => {
    for (const [field = "", direction = "asc"] of keys) {
      const order = compare(sortKey(one[field]), sortKey(other[field]));
      if (order !== 0) return direction.toLowerCase() === "desc" ? -order : order;
    }
    return 0;
  };
}

function picker(select: string | undefined): (row: Row) => Row {
  if (select === undefined || select.trim() === "*") return (row) => row;
  const fields = select.split(",").map((field) => field.trim());
  return (row) => Object.fromEntries(fields.map((field) => [field, row[field] ?? null]));
}

function candidates(state: SandboxState, dataset: Dataset, sirens: readonly string[]): Row[] {
  const companies =
    sirens.length === 0
      ? state.world.directory()
      : [...new Set(sirens)].map((siren) => state.world.find(siren)).filter((company) => company !== null);
  return companies.flatMap((company) => dataset.rowsOf(company));
}

function answerRecords(state: SandboxState, dataset: Dataset, context: Context): Response {
  const limit = context.req.query("limit") ?? "10";
  const offset = context.req.query("offset") ?? "0";
  if (!/^-?\d+$/.test(limit) || Number(limit) < -1 || Number(limit) > MAX_LIMIT) {
    return badParameter("limit", limit, `-1 <= limit <= ${MAX_LIMIT}`);
  }
  const rows = Number(limit) === -1 ? MAX_LIMIT : Number(limit);
  if (!/^\d+$/.test(offset) || Number(offset) + rows > MAX_DEPTH) {
    return badParameter("offset + limit", `${offset} + ${limit}`, `offset + limit <= ${MAX_DEPTH}`);
  }
  const where = parseWhere(context.req.query("where") ?? "");
  if (!where.ok) return failure(400, "ODSQLError", where.message);
  const found = candidates(state, dataset, where.sirens).filter(where.test);
  const orderBy = context.req.query("order_by");
  const sorted = orderBy === undefined ? found : found.sort(sorter(orderBy));
  const page = sorted.slice(Number(offset), Number(offset) + rows).map(picker(context.req.query("select")));
  return context.json({ total_count: found.length, results: page });
}

export function datasetSite(state: SandboxState, dataset: Dataset): ProviderSite {
  const routes = new Hono();
  routes.get("/catalog/datasets/:dataset/records", (context) => {
    const name = context.req.param("dataset");
    if (name === dataset.name) return answerRecords(state, dataset, context);
    return failure(404, "DatasetNotFound", `The requested dataset ${name} does not exist.`);
  });
  routes.all("*", () => failure(404, "NotFound", "The requested resource does not exist."));
  return { name: dataset.provider, prefix: dataset.prefix, routes, sirensIn, refusal };
}
