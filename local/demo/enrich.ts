import { z } from "zod";
import { Company } from "../../src/domain/companies/company.ts";
import { describeError } from "../local-error.ts";
import type { CompanyRow } from "./company-file.ts";

export const DEMO_SOURCES = ["recherche_entreprises", "insee", "bodacc", "ratios_inpi", "pappers"] as const;
const TIMEOUT_MS = 40_000;

const Problem = z.object({ code: z.string() });

export interface ApiAccess {
  url: string;
  apiKey: string;
  signal: AbortSignal;
}

/** What the API answered for one row; status 0: it did not answer. */
export interface Answer {
  row: CompanyRow;
  status: number;
  company: Company | null;
  /** Which cache level answered, `miss` when providers had to be asked. */
  cache: string;
  /** What paid sources took for it; 0 when the API does not say. */
  credits: number;
  /** The problem's code, or what went wrong instead of an answer. */
  problem: string | null;
}

export async function enrich(access: ApiAccess, row: CompanyRow): Promise<Answer> {
  try {
    const response = await fetch(`${access.url}/api/v2/scraping/enrich`, {
      method: "POST",
      headers: { authorization: `Bearer ${access.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ siren: row.siren, sources: DEMO_SOURCES }),
      signal: AbortSignal.any([access.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    return readAnswer(row, response, await response.text());
  } catch (error) {
    return { row, status: 0, company: null, cache: "", credits: 0, problem: describeError(error) };
  }
}

function readAnswer(row: CompanyRow, response: Response, text: string): Answer {
  const { status } = response;
  const body = parseJson(text);
  const header = response.headers.get("cache-status");
  const credits = Number(response.headers.get("x-cost-credits") ?? 0);
  if (status !== 200) {
    const problem = Problem.safeParse(body);
    const code = problem.success ? problem.data.code : text.slice(0, 80);
    return { row, status, company: null, cache: cacheLevel(header, null), credits, problem: code };
  }
  const company = Company.safeParse(body);
  if (!company.success) {
    const at = company.error.issues[0]?.path.join(".") ?? "";
    return { row, status, company: null, cache: "", credits, problem: `not a company as documented: ${at}` };
  }
  return {
    row,
    status,
    company: company.data,
    cache: cacheLevel(header, company.data),
    credits,
    problem: null,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * RFC 9211: `isolate; hit`, or `postgres; hit, kv; fwd=miss`. The first level with a hit is the one
 * that answered. Without the header, the company's own list of sources tells.
 */
export function cacheLevel(header: string | null, company: Company | null): string {
  if (header !== null) return levelThatHit(header) ?? "miss";
  if (company === null || company.sources.length === 0) return "miss";
  const states = new Set(company.sources.map((source) => source.cache));
  return states.has("miss") ? "miss" : [...states].join("+");
}

function levelThatHit(header: string): string | null {
  for (const member of header.split(",")) {
    const [level = "", ...parameters] = member.split(";").map((part) => part.trim());
    if (parameters.includes("hit")) return level;
  }
  return null;
}
