import { type Context, Hono } from "hono";
import type { SandboxState } from "../control/sandbox-state.ts";
import type { ProviderSite } from "../provider-site.ts";
import type { World } from "../world/world.ts";
import { establishmentJson } from "./establishment-json.ts";
import { legalUnitJson } from "./legal-unit-json.ts";

const MESSAGES: Record<number, string> = {
  400: "Erreur de syntaxe dans la requête",
  403: "Unité légale non diffusable",
  404: "Aucun élément trouvé",
  503: "Service indisponible",
};

function failure(statut: number, message: string): Response {
  return Response.json({ header: { statut, message } }, { status: statut });
}

/** 401 and 429 come from the gateway in front of the service, in another shape. */
function refusal(status: number): Response {
  if (status === 401) return Response.json({ message: "Unauthorized", http_status_code: 401 }, { status });
  if (status !== 429) return failure(status, MESSAGES[status] ?? "Erreur interne");
  return Response.json({ message: "Rate limit exceeded", http_status_code: 429 }, { status });
}

function findUnit(world: World, context: Context): Response {
  const siren = context.req.param("siren") ?? "";
  if (!/^\d{9}$/.test(siren)) return failure(400, `Erreur de syntaxe dans le paramètre siren=${siren}`);
  const company = world.find(siren);
  if (company === null) return failure(404, `Aucun élément trouvé pour le siren ${siren}`);
  const uniteLegale = legalUnitJson(company, context.req.query("date"));
  return context.json({ header: { statut: 200, message: "OK" }, uniteLegale });
}

function findEstablishment(world: World, context: Context): Response {
  const siret = context.req.param("siret") ?? "";
  if (!/^\d{14}$/.test(siret)) return failure(400, `Erreur de syntaxe dans le paramètre siret=${siret}`);
  const company = world.find(siret.slice(0, 9));
  const establishment = company?.establishments.find((one) => one.siret === siret);
  if (!company || !establishment) return failure(404, `Aucun élément trouvé pour le siret ${siret}`);
  return context.json({
    header: { statut: 200, message: "OK" },
    etablissement: establishmentJson(company, establishment),
  });
}

/** Only `siren:` terms are understood of the query language. */
function sirensOfQuery(context: Context): string[] {
  return [...(context.req.query("q") ?? "").matchAll(/\bsiren:(\d{9})/g)].map(([, siren = ""]) => siren);
}

function list(context: Context, key: string, found: readonly object[]): Response {
  const rows = Number(context.req.query("nombre") ?? 20);
  const start = Number(context.req.query("debut") ?? 0);
  if (!Number.isInteger(rows) || rows < 0 || rows > 1000) {
    return failure(400, "Le paramètre nombre doit être compris entre 0 et 1000");
  }
  if (found.length === 0) return failure(404, MESSAGES[404] ?? "");
  const page = found.slice(start, start + rows);
  const header = {
    statut: 200,
    message: "OK",
    total: found.length,
    debut: start,
    nombre: page.length,
  };
  return context.json({ header, [key]: page });
}

function companiesOfQuery(world: World, context: Context) {
  return sirensOfQuery(context)
    .map((siren) => world.find(siren))
    .filter((company) => company !== null);
}

function sirensIn(context: Context): string[] {
  const [, digits] = /\/sire[nt]\/(\d{9})/.exec(context.req.path) ?? [];
  return digits === undefined ? sirensOfQuery(context) : [digits];
}

/** API Sirene 3.11. Any key is good but `bad-key`. */
export function inseeSite({ world }: SandboxState): ProviderSite {
  const routes = new Hono();
  routes.use(async (context, next) => {
    const key = context.req.header("X-INSEE-Api-Key-Integration");
    if (!key || key === "bad-key") return refusal(401);
    return next();
  });
  routes.get("/siren/:siren", (context) => findUnit(world, context));
  routes.get("/siret/:siret", (context) => findEstablishment(world, context));
  routes.get("/siren", (context) => {
    const found = companiesOfQuery(world, context).map((company) => legalUnitJson(company, undefined));
    return list(context, "unitesLegales", found);
  });
  routes.get("/siret", (context) => {
    const found = companiesOfQuery(world, context).flatMap((company) =>
      company.establishments.map((establishment) => establishmentJson(company, establishment)),
    );
    return list(context, "etablissements", found);
  });
  routes.get("/informations", (context) =>
    context.json({ header: { statut: 200, message: "OK" }, etatService: "UP", versionService: "3.11.0" }),
  );
  routes.all("*", () => failure(404, "Ressource inexistante"));
  return { name: "insee", prefix: "/insee/api-sirene/3.11", routes, sirensIn, refusal };
}
