import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { changePassword } from "../../../domain/accounts/change-password.ts";
import { ResourceNotFound } from "../../../domain/accounts/errors.ts";
import { actContext, pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { requireSession } from "../../middleware/authenticate.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS } from "../../shared-responses.ts";
import { accountDeps, ownSession } from "./account-deps.ts";
import { ensureHardToGuess, NewPasswordInput, PasswordInput } from "./person-input.ts";

const Body = closedObject({ current_password: PasswordInput, new_password: NewPasswordInput }).openapi(
  "ChangePasswordRequest",
);

export const changePasswordRoute = createRoute({
  method: "post",
  path: "/api/v2/auth/password",
  operationId: "changePassword",
  tags: ["Sign-in"],
  summary: "Change your password",
  description: "Every other session of yours ends.",
  security: [{ session: [] }],
  middleware: [requireSession, limitBody(64), requireJson] as const,
  request: { body: { required: true, content: { "application/json": { schema: Body } } } },
  responses: { 204: { description: "Changed" }, ...COMMON_PROBLEMS, ...BODY_PROBLEMS },
});

export const changePasswordHandler: RouteHandler<typeof changePasswordRoute, AppEnv> = async (context) => {
  const { current_password: current, new_password: next } = context.req.valid("json");
  const deps = accountDeps(context);
  const by = ownSession(context);
  const user = await deps.users.find({ userId: by.userId });
  if (user === null) throw new ResourceNotFound();
  const names = [user.email, ...user.memberships.map(({ organisationName }) => organisationName)];
  ensureHardToGuess(deps.commonPasswords, next, { names, member: "new_password" });
  await changePassword(deps, actContext(context), { by, current, next });
  context.get("isolate").principals.forgetPerson(by.userId);
  pokeAudit(context, by.organisationId);
  return context.body(null, 204);
};
