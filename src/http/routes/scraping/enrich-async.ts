import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { acceptCompany } from "../../../domain/jobs/intake/accept-task.ts";
import { SOURCE_NAMES } from "../../../domain/enrichment/source.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { SirenInput, SiretInput } from "../../identifier-schema.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, IDEMPOTENCY_PROBLEMS } from "../../shared-responses.ts";
import { TASK_ACCEPTED, taskAccepted } from "../../task-accepted.ts";
import { BatchSourceInput, MAX_AGE_LIMIT, requestedSources } from "./source-input.ts";
import { acceptDeps, estimateOf, requesterOf } from "./task-order.ts";

const Body = closedObject(
  {
    siren: SirenInput.optional(),
    siret: SiretInput.optional(),
    sources: z.array(BatchSourceInput).min(1).max(SOURCE_NAMES.length).optional().openapi({
      description: "As for enrich, without `kaspr`; by default recherche_entreprises, bodacc and ratios_inpi",
    }),
    max_age: z.int().min(0).max(MAX_AGE_LIMIT).optional().openapi({
      description: "Oldest data accepted from these sources, in seconds; 0 asks them again",
    }),
  },
  { linkedin: "batch.kaspr" },
)
  .superRefine((body, context) => {
    if ((body.siren === undefined) !== (body.siret === undefined)) return;
    const fault = "company.one_identifier";
    context.addIssue({ code: "custom", path: [], message: fault, params: { fault } });
  })
  .openapi("EnrichAsyncRequest", {
    description: "`siren` or `siret`, and only one of them.",
    oneOf: [{ required: ["siren"] }, { required: ["siret"] }],
    example: { siren: "552032534" },
  });

export const enrichAsyncRoute = createRoute({
  method: "post",
  path: "/api/v2/scraping/enrich-async",
  operationId: "enrichCompanyAsync",
  tags: ["Enrichment"],
  summary: "Enrich one company, without waiting for it",
  description: "A task with one row: follow it, and fetch its result, like those of a batch.",
  security: [{ bearer: ["enrich:write"] }],
  middleware: [requireScope("enrich:write"), limitBody(64), requireJson, idempotent()] as const,
  request: {
    headers: IdempotencyHeaders,
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: { ...TASK_ACCEPTED, ...COMMON_PROBLEMS, ...BODY_PROBLEMS, ...IDEMPOTENCY_PROBLEMS },
});

export const enrichAsync: RouteHandler<typeof enrichAsyncRoute, AppEnv> = async (context) => {
  const { siren, siret, max_age, sources: named } = context.req.valid("json");
  const { config } = context.get("isolate").services;
  const sources = requestedSources({ sources: named, in: "body" }, config.sources);
  const requester = requesterOf(context);
  const operation = context.get("operationId");
  const id = operation === undefined ? requester.act.newId("tsk") : `tsk_${operation}`;
  const estimatedSeconds = estimateOf(context, sources, 1);
  await acceptCompany(acceptDeps(context), requester, {
    id,
    sources,
    maxAgeMs: max_age === undefined ? null : max_age * 1_000,
    estimatedSeconds,
    row: {
      input: siret?.siret ?? siren ?? "",
      siren: siret?.siren ?? siren ?? null,
      reason: siret?.checksum === false ? "siret_check_digit" : null,
    },
  });
  pokeAudit(context, requester.principal.organisationId);
  const { body, headers } = taskAccepted(id, estimatedSeconds);
  return context.json(body, 202, headers);
};
