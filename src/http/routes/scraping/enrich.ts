import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { Company, type Warning } from "../../../domain/companies/company.ts";
import { linkedinSlug } from "../../../domain/enrichment/linkedin-slug.ts";
import { SOURCE_NAMES } from "../../../domain/enrichment/source.ts";
import type { LinkedinProfile } from "../../../domain/enrichment/ports.ts";
import type { AppEnv } from "../../app-env.ts";
import { answeredFrom } from "../../answered-from.ts";
import { closedObject } from "../../closed-object.ts";
import { EnrichedHeaders } from "../../company-headers.ts";
import { FieldsInput, ProvenanceInput, selectFields } from "../../field-selection.ts";
import { SirenInput, SiretInput } from "../../identifier-schema.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { languageOf } from "../../language.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { costHeaders } from "../../middleware/cost.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import type { Language } from "../../problem-catalog.ts";
import {
  BODY_PROBLEMS,
  BUDGET_REACHED,
  COMMON_PROBLEMS,
  IDEMPOTENCY_PROBLEMS,
  NOT_FOUND,
} from "../../shared-responses.ts";
import { enrichSynthetic } from "../../synthetic-answers.ts";
import { enrichLive } from "./enrich-live.ts";
import { MAX_AGE_LIMIT, requestedSources, SourceInput } from "./source-input.ts";

const MAX_PROFILES = 5;

const LinkedinInput = z
  .string()
  .max(300)
  .transform((text, context) => {
    const slug = linkedinSlug(text);
    if (slug !== null) return slug;
    context.addIssue({ code: "custom", message: "profile", params: { fault: "linkedin.profile" } });
    return z.NEVER;
  })
  .openapi({ type: "string", example: "https://www.linkedin.com/in/michel-durand-1a2b3c" });

const PersonName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .superRefine((text, context) => {
    if (text.isWellFormed() && !/\p{Cc}/u.test(text)) return;
    context.addIssue({ code: "custom", message: "unreadable", params: { fault: "text.unreadable" } });
  });

const Body = closedObject({
  siren: SirenInput.optional(),
  siret: SiretInput.optional(),
  sources: z.array(SourceInput).min(1).max(SOURCE_NAMES.length).optional().openapi({
    description:
      "Sources to bring up to date; by default recherche_entreprises, bodacc and ratios_inpi. Others, the paid ones above all, are asked only when named. The answer merges all that is stored.",
  }),
  max_age: z.int().min(0).max(MAX_AGE_LIMIT).optional().openapi({
    description:
      "Oldest data accepted from the named sources, in seconds; 0 asks them again. By default each source's own freshness. A source that fails still answers with what it said last, marked stale.",
  }),
  linkedin: z
    .array(closedObject({ nom: PersonName, profil: LinkedinInput }))
    .min(1)
    .max(MAX_PROFILES)
    .optional()
    .openapi({ description: "People whose professional contact `kaspr` should look up." }),
})
  .superRefine((body, context) => {
    const issue = (path: string[], fault: string): void =>
      context.addIssue({ code: "custom", path, message: fault, params: { fault } });
    if ((body.siren === undefined) === (body.siret === undefined)) issue([], "company.one_identifier");
    if (body.linkedin !== undefined && !body.sources?.includes("kaspr"))
      issue(["linkedin"], "linkedin.unused");
  })
  .openapi("EnrichRequest", {
    description: "`siren` or `siret`, and only one of them.",
    oneOf: [{ required: ["siren"] }, { required: ["siret"] }],
    example: { siren: "552032534" },
  });

const Query = closedObject({
  provenance: ProvenanceInput,
  fields: FieldsInput.optional(),
});

export const enrichRoute = createRoute({
  method: "post",
  path: "/api/v2/scraping/enrich",
  operationId: "enrichCompany",
  tags: ["Enrichment"],
  summary: "Enrich one company",
  description:
    "Merges every requested source into one scored company. Concurrent requests share one call per source.",
  security: [{ bearer: ["enrich:write"] }],
  middleware: [costHeaders, requireScope("enrich:write"), limitBody(64), requireJson, idempotent()] as const,
  request: {
    headers: IdempotencyHeaders,
    query: Query,
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: {
      description: "The company",
      headers: EnrichedHeaders,
      content: { "application/json": { schema: Company } },
    },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...IDEMPOTENCY_PROBLEMS,
    ...BUDGET_REACHED,
    ...NOT_FOUND,
  },
});

/** The same person twice is one look-up, and one charge. */
function distinct(people: LinkedinProfile[]): LinkedinProfile[] {
  return [...new Map(people.map((person) => [person.profil.toLowerCase(), person])).values()];
}

const SIRET_WARNING: Record<Language, Warning> = {
  fr: {
    pointer: "/siret",
    code: "siret.checksum",
    message: "La clé de contrôle de ce SIRET est fausse ; son SIREN est valide et a été utilisé.",
  },
  en: {
    pointer: "/siret",
    code: "siret.checksum",
    message: "The check digit of this SIRET is wrong; its SIREN is valid and was used.",
  },
};

export const enrich: RouteHandler<typeof enrichRoute, AppEnv> = async (context) => {
  const body = context.req.valid("json");
  const { provenance, fields } = context.req.valid("query");
  const { services, responses } = context.get("isolate");
  const input = {
    siren: body.siren ?? body.siret?.siren ?? "",
    sources: requestedSources({ sources: body.sources, in: "body" }, services.config.sources),
    maxAgeMs: body.max_age === undefined ? null : body.max_age * 1_000,
    linkedin: distinct(body.linkedin ?? []),
    provenance: provenance === "true",
  };
  const principal = context.get("principal");
  const found = principal.mode === "test" ? await enrichSynthetic(input) : await enrichLive(context, input);
  if (input.sources.includes("kaspr")) responses.forget(principal.organisationId, input.siren);
  const company =
    body.siret?.checksum === false
      ? { ...found.company, warnings: [SIRET_WARNING[languageOf(context)]] }
      : found.company;
  const age = Math.max(0, ...found.company.sources.map((source) => source.age_seconds));
  return context.json(selectFields(company, fields), 200, {
    ...PRIVATE_JSON,
    age: String(age),
    "cache-status": answeredFrom(found.trail, found.freshness === "stale"),
  });
};
