import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { ResourceNotFound } from "../../../domain/accounts/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireSession } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { memberActor, requireMember } from "./member-deps.ts";
import { Organisation, organisationJson } from "./schema.ts";

export const getOrganisationRoute = createRoute({
  method: "get",
  path: "/api/v2/organisation",
  operationId: "getOrganisation",
  tags: ["Organisation"],
  summary: "Your organisation and its settings",
  description: "The one that you signed in to.",
  security: [{ session: [] }],
  middleware: [requireSession, requireMember] as const,
  request: { query: closedObject({}) },
  responses: {
    200: { description: "The organisation", content: { "application/json": { schema: Organisation } } },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

export const getOrganisation: RouteHandler<typeof getOrganisationRoute, AppEnv> = async (context) => {
  const { organisationId, role } = memberActor(context);
  const organisation = await context.get("isolate").services.accounts.organisations.load(organisationId);
  if (organisation === null) throw new ResourceNotFound();
  return context.json(organisationJson(organisation, role), 200, PRIVATE_JSON);
};
