import { type Context, Hono } from "hono";
import type { SandboxState } from "../control/sandbox-state.ts";
import type { ProviderSite } from "../provider-site.ts";
import { adminBlocks } from "./admin-json.ts";
import { resultJson } from "./company-json.ts";
import { findProblem, INCLUDABLE, Query } from "./parameters.ts";
import { type Match, search } from "./search.ts";

const UNEXPECTED = "Une erreur inattendue s'est produite. Veuillez réessayer plus tard.";

/** The limit is held by a proxy, which speaks HTML. */
function tooMany(): Response {
  return new Response("<html><body><h1>429 Too Many Requests</h1></body></html>", {
    status: 429,
    headers: { "Content-Type": "text/html", "Retry-After": "1" },
  });
}

function refusal(status: number): Response {
  if (status === 429) return tooMany();
  const erreur = status >= 500 ? UNEXPECTED : "Requête refusée.";
  return Response.json({ erreur }, { status });
}

/** With `minimal=true` the nested blocks go, but for those of `include`; the score only comes when asked. */
function droppedBlocks(query: Query): Set<string> {
  const included = new Set(
    query
      .get("include")
      ?.split(",")
      .map((field) => field.trim().toLowerCase()),
  );
  const minimal = query.get("minimal")?.toLowerCase() === "true";
  const dropped = minimal ? INCLUDABLE.filter((field) => !included.has(field)) : ["score"];
  return new Set(dropped);
}

function renderer(query: Query): (match: Match) => object {
  const dropped = droppedBlocks(query);
  const admin = query.get("include_admin")?.split(",") ?? [];
  const limit = query.whole("limite_matching_etablissements", 10);
  return ({ company, matching }) => {
    const whole = resultJson(company, { matching: matching.slice(0, limit), score: 100 });
    const kept = Object.entries(whole).filter(([key]) => !dropped.has(key));
    return { ...Object.fromEntries(kept), ...adminBlocks(company, admin) };
  };
}

function answerSearch(state: SandboxState, context: Context): Response {
  const query = new Query(new URL(context.req.url).searchParams);
  const problem = findProblem(query);
  if (problem !== null) return context.json({ erreur: problem }, 400);
  const matches = search(state.world, query);
  const page = query.whole("page", 1);
  const perPage = query.whole("per_page", 10);
  return context.json({
    results: matches.slice((page - 1) * perPage, page * perPage).map(renderer(query)),
    total_results: matches.length,
    page,
    per_page: perPage,
    total_pages: Math.ceil(matches.length / perPage),
  });
}

function sirensIn(context: Context): string[] {
  const digits = (context.req.query("q") ?? "").replace(/\s/g, "");
  return /^(\d{9}|\d{14})$/.test(digits) ? [digits.slice(0, 9)] : [];
}

/** API Recherche d'entreprises: `/search` and `/health`; its other routes are not simulated. */
export function rechercheSite(state: SandboxState): ProviderSite {
  const routes = new Hono();
  routes.get("/search", (context) => answerSearch(state, context));
  routes.get("/health", (context) => context.json({ status: "ok" }));
  routes.all("*", (context) => context.json({ erreur: "Ressource non trouvée." }, 404));
  return {
    name: "recherche_entreprises",
    prefix: "/recherche-entreprises",
    routes,
    sirensIn,
    refusal,
    overLimit: tooMany,
  };
}
