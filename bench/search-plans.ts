import type { Client } from "pg";
import { z } from "zod";
import type { Statement } from "../src/storage/postgres/database.ts";
import { CONTEXT, prepareCases } from "./search-cases.ts";
import { CHECKED_QUERIES, SEARCH_QUERIES } from "./search-queries.ts";

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string | undefined;
  "Index Name"?: string | undefined;
  "Actual Rows"?: number | undefined;
  "Actual Loops"?: number | undefined;
  "Rows Removed by Filter"?: number | undefined;
  "Rows Removed by Index Recheck"?: number | undefined;
  Plans?: PlanNode[] | undefined;
}

const Node: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    "Node Type": z.string(),
    "Relation Name": z.string().optional(),
    "Index Name": z.string().optional(),
    "Actual Rows": z.number().optional(),
    "Actual Loops": z.number().optional(),
    "Rows Removed by Filter": z.number().optional(),
    "Rows Removed by Index Recheck": z.number().optional(),
    Plans: z.array(Node).optional(),
  }),
);
const Explained = z.tuple([z.object({ "QUERY PLAN": z.tuple([z.object({ Plan: Node })]) })]);

export interface SearchPlan {
  query: string;
  page: "first" | "deep";
  /** Of `companies`, in the order in which the plan names them. */
  indexes: string[];
  /** It reads every company. */
  readsAll: boolean;
  /** Entries of indexes and rows of the table that it read, those that a filter removed with them. */
  read: number;
}

const CASES = 5;

const CONTACTS = 60;
const LEAST_BOUND = 30_000;
const BOUND_SHARE = 0.2;

/** What a search may read of so many companies: more is a walk through an index that does not fit. */
export function readBound(companies: number): number {
  return Math.max(LEAST_BOUND, companies * BOUND_SHARE);
}

/** The searching organisation knows somebody in a few companies. */
async function insertContacts(client: Client): Promise<void> {
  await client.query(
    `insert into contacts (organisation_id, siren, profil, nom, email_professionnel, source, collected_at, fresh_until)
     select $1, siren, siren, 'x', 'x@example.com', 'bench', now(), now() from companies order by md5(siren) limit $2
     on conflict do nothing`,
    [CONTEXT.organisationId, CONTACTS],
  );
  await client.query("analyze contacts");
}

/** The plans of all searches, for several values each, and what they read: their first pages and their deep ones. */
export async function explainSearches(client: Client): Promise<SearchPlan[]> {
  await insertContacts(client);
  const plans: SearchPlan[] = [];
  for (const query of [...SEARCH_QUERIES, ...CHECKED_QUERIES]) {
    for (const { first, deep } of await prepareCases(client, query, CASES)) {
      plans.push({ query: query.name, page: "first", ...(await explain(client, first)) });
      if (deep !== null) plans.push({ query: query.name, page: "deep", ...(await explain(client, deep)) });
    }
  }
  return plans;
}

async function explain(
  client: Client,
  { text, params }: Statement,
): Promise<Pick<SearchPlan, "indexes" | "readsAll" | "read">> {
  const { rows } = await client.query(
    `explain (analyze, timing off, buffers off, format json) ${text}`,
    params,
  );
  const [row] = Explained.parse(rows);
  const nodes = nodesOf(row["QUERY PLAN"][0].Plan);
  return {
    indexes: nodes.flatMap((node) => node["Index Name"] ?? []),
    readsAll: nodes.some((node) => node["Node Type"] === "Seq Scan" && node["Relation Name"] === "companies"),
    read: nodes.reduce((sum, node) => sum + readBy(node), 0),
  };
}

/** Figures of a plan are of one loop on average. */
function readBy(node: PlanNode): number {
  if (!node["Node Type"].includes("Scan")) return 0;
  const each =
    (node["Actual Rows"] ?? 0) +
    (node["Rows Removed by Filter"] ?? 0) +
    (node["Rows Removed by Index Recheck"] ?? 0);
  return Math.round(each * (node["Actual Loops"] ?? 1));
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** A line for each query and page: the indexes that its values were found by. */
export function plansReport(plans: readonly SearchPlan[]): string {
  const groups = Map.groupBy(plans, ({ query, page }) => `${query}, ${page} page`);
  return [...groups]
    .map(([title, some]) => {
      const found = new Set(
        some.flatMap(({ indexes }) => indexes.filter((name) => name !== "companies_pkey")),
      );
      const all = some.some(({ readsAll }) => readsAll) ? "  READS EVERY COMPANY" : "";
      const most = Math.max(...some.map(({ read }) => read)).toLocaleString("en-GB");
      return `${title}: ${[...found].join(", ")}, ${most} read at most${all}`;
    })
    .join("\n");
}
