import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { changeOrganisation } from "../../../domain/accounts/organisation/change-organisation.ts";
import type { OrganisationChange } from "../../../domain/accounts/organisation/ports.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { NameInput } from "../auth/person-input.ts";
import { memberActor, memberDeps } from "./member-deps.ts";
import { Organisation, organisationJson } from "./schema.ts";

const MAX_EUROS = 1_000_000;

const BudgetInput = z
  .number()
  .min(0)
  .max(MAX_EUROS)
  .superRefine((euros, context) => {
    if (Number(euros.toFixed(2)) === euros) return;
    const fault = "organisation.budget_cents";
    context.addIssue({ code: "custom", message: fault, params: { fault } });
  })
  .nullable()
  .optional()
  .openapi({ description: "For paid sources, to the cent; 0 allows none, null what the plan allows" });

const Body = closedObject({
  name: NameInput.optional(),
  mfa_required: z.boolean().optional().openapi({
    description: "Once true, members without a second factor can only enrol one",
  }),
  monthly_budget_euros: BudgetInput,
})
  .superRefine((body, context) => {
    if (Object.values(body).some((value) => value !== undefined)) return;
    const fault = "organisation.nothing_to_change";
    context.addIssue({ code: "custom", path: [], message: fault, params: { fault } });
  })
  .openapi("UpdateOrganisationRequest", { minProperties: 1, example: { mfa_required: true } });

export const updateOrganisationRoute = createRoute({
  method: "patch",
  path: "/api/v2/organisation",
  operationId: "updateOrganisation",
  tags: ["Organisation"],
  summary: "Change the settings of your organisation",
  description: "Takes `organisation:write`. What is left out stays.",
  security: [{ session: ["organisation:write"] }],
  middleware: [requireScope("organisation:write"), limitBody(16), requireJson] as const,
  request: {
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: { description: "As it is now", content: { "application/json": { schema: Organisation } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

function changeOf({
  name,
  mfa_required,
  monthly_budget_euros: euros,
}: z.infer<typeof Body>): OrganisationChange {
  return {
    ...(name === undefined ? {} : { name }),
    ...(mfa_required === undefined ? {} : { mfaRequired: mfa_required }),
    ...(euros === undefined ? {} : { monthlyBudgetCents: euros === null ? null : Math.round(euros * 100) }),
  };
}

export const updateOrganisation: RouteHandler<typeof updateOrganisationRoute, AppEnv> = async (context) => {
  const actor = memberActor(context);
  const change = changeOf(context.req.valid("json"));
  const organisation = await changeOrganisation(memberDeps(context), actor, change);
  context.get("isolate").principals.forgetPerson(actor.userId);
  pokeAudit(context, actor.organisationId);
  return context.json(organisationJson(organisation, actor.role), 200, PRIVATE_JSON);
};
