import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { scoreCompany } from "../../../domain/scoring/score-company.ts";
import { Score } from "../../../domain/scoring/score.ts";
import { SYNTHETIC_SECTORS } from "../../../domain/enrichment/synthetic/synthetic-sectors.ts";
import { nafDivision } from "../../../domain/companies/naf.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS } from "../../shared-responses.ts";
import { factsOf, ScoreInput } from "./score-input.ts";

const EXAMPLE = {
  nom_entreprise: "ATELIERS EXEMPLE",
  statut: "active",
  code_naf: "25.62B",
  date_creation: "1987-04-01",
  categorie_entreprise: "PME",
  chiffre_affaires: 5_200_000,
  resultat: 390_000,
  annee_comptes: 2025,
  tranche_effectif: { code: "12", min: 20, max: 49, annee: 2024 },
  dirigeants: [
    {
      type: "personne_physique",
      nom: "DURAND",
      prenoms: "Michel",
      annee_naissance: 1961,
      qualites: ["Président"],
      depuis: "1998-06-15",
    },
  ],
};

const Body = ScoreInput.openapi("CalculateScoreRequest", { example: EXAMPLE });

export const calculateScoreRoute = createRoute({
  method: "post",
  path: "/api/v2/scoring/calculate",
  operationId: "calculateScore",
  tags: ["Scoring"],
  summary: "Score a company given in the body",
  description:
    "Takes a company as this API answers it, or any part of one; what is left out counts as unknown. Nothing is stored.",
  security: [{ bearer: ["scoring:read"] }],
  middleware: [requireScope("scoring:read"), limitBody(512), requireJson] as const,
  request: {
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: { description: "The score", content: { "application/json": { schema: Score } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
  },
});

export const calculateScore: RouteHandler<typeof calculateScoreRoute, AppEnv> = async (context) => {
  const { services } = context.get("isolate");
  const { mode } = context.get("principal");
  const sectors = mode === "test" ? SYNTHETIC_SECTORS : services.sectors;
  const now = new Date(services.now());
  const facts = factsOf(context.req.valid("json"), now.getUTCFullYear());
  const division = facts.code_naf === null ? null : nafDivision(facts.code_naf);
  const sector = division === null ? null : await sectors.find(division);
  const score = scoreCompany({ facts, sector, at: now.toISOString() });
  return context.json(score, 200, PRIVATE_JSON);
};
