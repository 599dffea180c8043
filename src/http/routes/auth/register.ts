import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { registerAccount } from "../../../domain/accounts/register-account.ts";
import { actContext, pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { languageOf } from "../../language.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, IDEMPOTENCY_PROBLEMS, OPEN_PROBLEMS } from "../../shared-responses.ts";
import { accountDeps } from "./account-deps.ts";
import { EmailInput, ensureHardToGuess, NameInput, NewPasswordInput } from "./person-input.ts";

const Body = closedObject({
  organisation: NameInput.openapi({ example: "Reprises du Sud" }),
  name: NameInput.openapi({ example: "Marie Petit" }),
  email: EmailInput,
  password: NewPasswordInput,
}).openapi("RegisterRequest");

const Registered = z
  .object({
    user: z.object({ id: z.string(), email: z.string(), name: z.string(), created_at: z.string() }),
    organisation: z.object({ id: z.string(), name: z.string(), plan: z.string() }),
    note: z.string(),
  })
  .openapi("Registered");

/** Said to everybody: what it answers must not tell whether an address has an account. */
const NOTE = {
  fr: "Si cette adresse avait déjà un compte, rien n'y a été changé et rien n'a été créé.",
  en: "If this address already had an account, it was left as it is and nothing was created.",
};

export const registerRoute = createRoute({
  method: "post",
  path: "/api/v2/auth/register",
  operationId: "register",
  tags: ["Sign-in"],
  summary: "Create an organisation and its owner",
  description:
    "On the free plan. An address that already has an account gets the same answer, and nothing is changed.",
  security: [],
  middleware: [limitBody(64), requireJson, idempotent()] as const,
  request: {
    headers: IdempotencyHeaders,
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    201: { description: "Created", content: { "application/json": { schema: Registered } } },
    ...OPEN_PROBLEMS,
    ...BODY_PROBLEMS,
    ...IDEMPOTENCY_PROBLEMS,
  },
});

export const register: RouteHandler<typeof registerRoute, AppEnv> = async (context) => {
  const { organisation, name, email, password } = context.req.valid("json");
  const deps = accountDeps(context);
  ensureHardToGuess(deps.commonPasswords, password, { names: [email, organisation], member: "password" });
  const input = { organisation, name, email, password };
  const { created, userId, organisationId, at } = await registerAccount(deps, actContext(context), input);
  if (created) {
    pokeAudit(context, organisationId);
    const { log } = context.get("isolate").services;
    log.event("account_registered", { organisation_id: organisationId, user_id: userId });
  }
  const body = {
    user: { id: userId, email, name, created_at: at },
    organisation: { id: organisationId, name: organisation, plan: "free" },
    note: NOTE[languageOf(context)],
  };
  return context.json(body, 201, PRIVATE_JSON);
};
