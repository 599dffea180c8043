import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { Company } from "../../../domain/companies/company.ts";
import { getCompany } from "../../../domain/companies/get-company.ts";
import type { AppEnv } from "../../app-env.ts";
import { answeredFrom } from "../../answered-from.ts";
import { closedObject } from "../../closed-object.ts";
import { ConditionalHeaders, TaggedHeaders } from "../../company-headers.ts";
import { factsTag } from "../../entity-tag.ts";
import { FieldsInput, ProvenanceInput, selectFields } from "../../field-selection.ts";
import { SirenParam } from "../../identifier-schema.ts";
import { taggedResponse } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, NOT_FOUND } from "../../shared-responses.ts";
import { readSynthetic } from "../../synthetic-answers.ts";

export const getCompanyRoute = createRoute({
  method: "get",
  path: "/api/v2/companies/{siren}",
  operationId: "getCompany",
  tags: ["Companies"],
  summary: "Read one stored company",
  description: "Asks no source and costs nothing; `last_scraped_at` tells how old it is.",
  security: [{ bearer: ["companies:read"] }],
  middleware: [requireScope("companies:read")] as const,
  request: {
    params: z.object({ siren: SirenParam }),
    query: closedObject({
      provenance: ProvenanceInput,
      fields: FieldsInput.optional(),
    }),
    headers: ConditionalHeaders,
  },
  responses: {
    200: {
      description: "The company",
      headers: TaggedHeaders,
      content: { "application/json": { schema: Company } },
    },
    304: { description: "Unchanged since the `ETag` sent" },
    ...COMMON_PROBLEMS,
    ...NOT_FOUND,
  },
});

export const getCompanyHandler: RouteHandler<typeof getCompanyRoute, AppEnv> = async (context) => {
  const { siren } = context.req.valid("param");
  const { provenance, fields } = context.req.valid("query");
  const { services, responses } = context.get("isolate");
  const principal = context.get("principal");
  const deps = { layers: services.readLayers, contacts: services.contacts, now: services.now };
  const input = { siren, provenance: provenance === "true" };
  const found =
    principal.mode === "test" ? await readSynthetic(input) : await getCompany(deps, principal, input);
  const selected = selectFields(found.company, fields);
  const response = { body: JSON.stringify(selected), etag: await factsTag(selected) };
  const place = { organisationId: principal.organisationId, url: context.req.url, siren, from: found.stored };
  if (found.company.missing.length === 0) responses.set(place, response);
  return taggedResponse(context.req.raw, response, { "cache-status": answeredFrom(found.trail, false) });
};
