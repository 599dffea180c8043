import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { getCompany } from "../../../domain/companies/get-company.ts";
import { Score } from "../../../domain/scoring/score.ts";
import type { AppEnv } from "../../app-env.ts";
import { answeredFrom } from "../../answered-from.ts";
import { closedObject } from "../../closed-object.ts";
import { ConditionalHeaders, TaggedHeaders } from "../../company-headers.ts";
import { factsTag } from "../../entity-tag.ts";
import { SirenParam } from "../../identifier-schema.ts";
import { taggedResponse } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, NOT_FOUND } from "../../shared-responses.ts";
import { readSynthetic } from "../../synthetic-answers.ts";

export const getCompanyScoreRoute = createRoute({
  method: "get",
  path: "/api/v2/companies/{siren}/score",
  operationId: "getCompanyScore",
  tags: ["Scoring"],
  summary: "Read the score of one stored company, with its reasons",
  security: [{ bearer: ["companies:read"] }],
  middleware: [requireScope("companies:read")] as const,
  request: { params: z.object({ siren: SirenParam }), query: closedObject({}), headers: ConditionalHeaders },
  responses: {
    200: {
      description: "The score",
      headers: TaggedHeaders,
      content: { "application/json": { schema: Score } },
    },
    304: { description: "Unchanged since the `ETag` sent" },
    ...COMMON_PROBLEMS,
    ...NOT_FOUND,
  },
});

export const getCompanyScore: RouteHandler<typeof getCompanyScoreRoute, AppEnv> = async (context) => {
  const { siren } = context.req.valid("param");
  const { services } = context.get("isolate");
  const deps = { layers: services.readLayers, contacts: services.contacts, now: services.now };
  const principal = context.get("principal");
  const input = { siren, provenance: false };
  const { company, trail } =
    principal.mode === "test" ? await readSynthetic(input) : await getCompany(deps, principal, input);
  const response = { body: JSON.stringify(company.score), etag: await factsTag(company.score) };
  return taggedResponse(context.req.raw, response, { "cache-status": answeredFrom(trail, false) });
};
