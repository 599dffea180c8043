import { type Context, Hono } from "hono";
import type { SandboxState } from "../control/sandbox-state.ts";
import type { ProviderSite } from "../provider-site.ts";
import { parseSiren } from "../../../src/domain/companies/siren.ts";
import { hashText } from "../world/random.ts";
import { reservedOutcomeOf } from "../world/reserved.ts";
import { accountsJson } from "./accounts-json.ts";
import { entrepriseJson } from "./company-json.ts";
import { paidFields } from "./extra-fields.ts";
import { findCompanies, searchResultJson } from "./search.ts";

const NO_CREDITS = "Vous n'avez plus assez de crédits pour effectuer cette requête";

const MESSAGES: Record<number, string> = {
  400: "Paramètres de la requête incorrects.",
  401: "Clé API incorrecte.",
  404: "Entreprise inexistante.",
  429: "Trop de requêtes.",
  503: "Service momentanément indisponible.",
};

/** The shape of error bodies is not documented: clients are to look for a message anywhere. */
function failure(status: number, message = MESSAGES[status] ?? "Erreur interne."): Response {
  return Response.json({ statusCode: status, message }, { status });
}

function keyOf(context: Context): string {
  return context.req.header("api-key") ?? context.req.query("api_token") ?? "";
}

/** `siren` or `siret`, exactly one; null when the request does not name a company properly. */
function targetOf(context: Context): { siren: string; siret: string | null } | null {
  const siren = context.req.query("siren");
  const siret = context.req.query("siret");
  if ((siren === undefined) === (siret === undefined)) return null;
  if (siret !== undefined && !/^\d{14}$/.test(siret)) return null;
  const parsed = parseSiren(siren ?? siret?.slice(0, 9) ?? "");
  return parsed.ok ? { siren: parsed.siren, siret: siret ?? null } : null;
}

/** A 206: the company came, some of its sources did not. */
function withoutLateParts(whole: object): object {
  const late = new Set(["finances", "comptes", "publications_bodacc", "procedures_collectives"]);
  return Object.fromEntries(Object.entries(whole).filter(([key]) => !late.has(key)));
}

function answerEntreprise(state: SandboxState, context: Context): Response {
  const target = targetOf(context);
  if (target === null) return failure(400);
  const outcome = reservedOutcomeOf(target.siren);
  if (outcome === "no_credits") return failure(401, NO_CREDITS);
  const company = state.world.find(target.siren);
  const known = target.siret === null || company?.establishments.some(({ siret }) => siret === target.siret);
  if (company === null || !known) return failure(404);
  const asked = new Set((context.req.query("champs_supplementaires") ?? "").split(","));
  const body = entrepriseJson(company, { asked, siret: target.siret });
  state.pappersTokens.spend(keyOf(context), 1 + paidFields(company, asked).cost);
  return outcome === "partial" ? context.json(withoutLateParts(body), 206) : context.json(body);
}

function answerComptes(state: SandboxState, context: Context): Response {
  const target = targetOf(context);
  if (target === null || target.siret !== null) return failure(400);
  if (reservedOutcomeOf(target.siren) === "no_credits") return failure(401, NO_CREDITS);
  const company = state.world.find(target.siren);
  if (company === null) return failure(404);
  // The price of this call is not published; one credit, as the company itself.
  state.pappersTokens.spend(keyOf(context), 1);
  return context.json(accountsJson(company, context.req.query("annee")?.split(",") ?? []));
}

/** Both ways of saying "nothing matches" were met; the words of the search decide which. */
function answerNothing(context: Context): Response {
  const documented = hashText(context.req.query("q") ?? "") % 2 === 0;
  return documented ? failure(404, "Aucun résultat.") : context.json({ resultats: [], total: 0 });
}

interface Slice {
  from: number;
  size: number;
  next: (end: number, total: number) => object;
}

/** By page within the first 400 results, or by cursor without that limit. */
function sliceOf(context: Context): Slice | null {
  const cursor = context.req.query("curseur");
  const name = cursor === undefined ? "par_page" : "par_curseur";
  const size = Number(context.req.query(name) ?? (cursor === undefined ? 10 : 50));
  const page = Number(context.req.query("page") ?? 1);
  const from = cursor === undefined ? (page - 1) * size : cursorStart(cursor);
  const max = cursor === undefined ? 100 : 1000;
  if (!Number.isInteger(size) || size < 1 || size > max || !Number.isInteger(from) || from < 0) return null;
  if (cursor === undefined) return from + size > 400 ? null : { from, size, next: () => ({ page }) };
  return { from, size, next: (end, total) => (end < total ? { curseurSuivant: btoa(`c${end}`) } : {}) };
}

function cursorStart(cursor: string): number {
  if (cursor === "*") return 0;
  return /^[A-Za-z0-9+/]+=*$/.test(cursor) ? Number(atob(cursor).slice(1)) : Number.NaN;
}

function answerRecherche(state: SandboxState, context: Context): Response {
  const slice = sliceOf(context);
  if (slice === null) return failure(400);
  const found = findCompanies(state.world, (name) => context.req.query(name));
  if (found.length === 0) return answerNothing(context);
  const resultats = found.slice(slice.from, slice.from + slice.size).map(searchResultJson);
  state.pappersTokens.spend(keyOf(context), resultats.length / 10);
  const next = slice.next(slice.from + slice.size, found.length);
  return context.json({ resultats, total: found.length, ...next });
}

function sirensIn(context: Context): string[] {
  const text = context.req.query("siren") ?? context.req.query("siret") ?? context.req.query("q") ?? "";
  const digits = text.replace(/\s/g, "");
  return /^\d{9}(\d{5})?$/.test(digits) ? [digits.slice(0, 9)] : [];
}

/** Pappers v2. Any key is good but `bad-key`; `no-credits` is a good key whose credits are spent. */
export function pappersSite(state: SandboxState): ProviderSite {
  const routes = new Hono();
  routes.use(async (context, next) => {
    const key = keyOf(context);
    if (key === "" || key === "bad-key") return failure(401);
    if (key === "no-credits" && !context.req.path.endsWith("/suivi-jetons")) return failure(401, NO_CREDITS);
    return next();
  });
  routes.get("/entreprise", (context) => answerEntreprise(state, context));
  routes.get("/entreprise/comptes", (context) => answerComptes(state, context));
  routes.get("/recherche", (context) => answerRecherche(state, context));
  routes.get("/suivi-jetons", (context) => context.json(state.pappersTokens.balance(keyOf(context))));
  routes.all("*", () => failure(404, "Route inconnue."));
  return {
    name: "pappers",
    prefix: "/pappers/v2",
    routes,
    sirensIn,
    refusal: (status) => failure(status),
  };
}
