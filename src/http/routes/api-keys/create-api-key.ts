import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { scopesBeyond } from "../../../domain/accounts/keys/api-key.ts";
import { createKey } from "../../../domain/accounts/keys/create-key.ts";
import { KEY_SCOPES, type Principal, type Scope } from "../../../domain/accounts/principal.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject, nameInput } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { RequestInvalid } from "../../request-invalid.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, IDEMPOTENCY_PROBLEMS } from "../../shared-responses.ts";
import { keyActor, keyDeps } from "./key-actor.ts";
import { CreatedApiKey, createdKeyJson, InstantInput, KeyName, ScopeInput } from "./schema.ts";

/** Five years, of 365 days and a quarter. */
const LONGEST_LIFE_MS = 5 * 365.25 * 86_400_000;

const Body = closedObject({
  name: KeyName,
  scopes: z
    .array(ScopeInput)
    .min(1)
    .max(KEY_SCOPES.length)
    .openapi({
      description: "What the key may do; never more than you may do yourself",
      example: ["companies:read", "enrich:write"],
    }),
  expires_at: InstantInput.optional().openapi({
    description: "When it stops working by itself: at most five years away; by default never",
  }),
  mode: nameInput(["live", "test"]).default("live").openapi({
    description: "A `test` key answers the reserved SIRENs from invented data, and reaches nothing real",
  }),
}).openapi("CreateApiKeyRequest");

export const createApiKeyRoute = createRoute({
  method: "post",
  path: "/api/v2/api-keys",
  operationId: "createApiKey",
  tags: ["API keys"],
  summary: "Create an API key",
  description:
    "The key is in this answer and in no other: keep it. Only its hash is stored. For owners and administrators.",
  security: [{ session: ["keys:write"] }],
  middleware: [requireScope("keys:write"), limitBody(16), requireJson, idempotent()] as const,
  request: {
    headers: IdempotencyHeaders,
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    201: {
      description: "The key, shown this once",
      content: { "application/json": { schema: CreatedApiKey } },
    },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...IDEMPOTENCY_PROBLEMS,
  },
});

function refuse(path: PropertyKey[], fault: string): never {
  const issue = { code: "custom", path, message: fault, params: { fault }, input: undefined } as const;
  throw new RequestInvalid([issue], "body");
}

function expiryOf(wanted: number | undefined, now: number): string | null {
  if (wanted === undefined) return null;
  if (wanted <= now) refuse(["expires_at"], "keys.expiry_past");
  if (wanted > now + LONGEST_LIFE_MS) refuse(["expires_at"], "keys.expiry_too_far");
  return new Date(wanted).toISOString();
}

function grantable(principal: Principal, wanted: Scope[]): Scope[] {
  const scopes = [...new Set(wanted)];
  const [beyond] = scopesBeyond(principal, scopes);
  if (beyond !== undefined)
    refuse(["scopes", wanted.findIndex((one) => one === beyond)], "keys.scope_not_yours");
  return scopes;
}

export const createApiKey: RouteHandler<typeof createApiKeyRoute, AppEnv> = async (context) => {
  const { name, scopes, expires_at, mode } = context.req.valid("json");
  const actor = keyActor(context);
  const created = await createKey(keyDeps(context), actor, {
    name,
    scopes: grantable(actor.principal, scopes),
    expiresAt: expiryOf(expires_at, actor.context.now),
    mode,
  });
  pokeAudit(context, actor.principal.organisationId);
  const location = `/api/v2/api-keys/${created.apiKey.id}`;
  return context.json(createdKeyJson(created), 201, { ...PRIVATE_JSON, location });
};
