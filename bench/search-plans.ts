import type { Client } from "pg";
import { z } from "zod";
import type { Statement } from "../src/storage/postgres/database.ts";
import { prepareCases } from "./search-cases.ts";
import { SEARCH_QUERIES } from "./search-queries.ts";

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string | undefined;
  "Index Name"?: string | undefined;
  Plans?: PlanNode[] | undefined;
}

const Node: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    "Node Type": z.string(),
    "Relation Name": z.string().optional(),
    "Index Name": z.string().optional(),
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
}

const CASES = 5;

/** The plans of all searches, for several values each: their first pages and their deep ones. */
export async function explainSearches(client: Client): Promise<SearchPlan[]> {
  const plans: SearchPlan[] = [];
  for (const query of SEARCH_QUERIES) {
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
): Promise<Pick<SearchPlan, "indexes" | "readsAll">> {
  const { rows } = await client.query(`explain (format json) ${text}`, params);
  const [row] = Explained.parse(rows);
  const nodes = nodesOf(row["QUERY PLAN"][0].Plan);
  return {
    indexes: nodes.flatMap((node) => node["Index Name"] ?? []),
    readsAll: nodes.some((node) => node["Node Type"] === "Seq Scan" && node["Relation Name"] === "companies"),
  };
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
      return `${title}: ${[...found].join(", ")}${all}`;
    })
    .join("\n");
}
