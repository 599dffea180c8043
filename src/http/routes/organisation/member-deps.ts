import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { MemberActor } from "../../../domain/accounts/organisation/member-actor.ts";
import { actContext } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { sessionOf } from "../../middleware/authenticate.ts";
import { RequestRefused } from "../../request-invalid.ts";
import { accountDeps } from "../auth/account-deps.ts";

/** What the use cases of organisations work with. */
export function memberDeps(context: Context<AppEnv>) {
  return { ...accountDeps(context), act: actContext(context) };
}

export function memberActor(context: Context<AppEnv>): MemberActor {
  const { userId, role } = sessionOf(context);
  return { organisationId: context.get("principal").organisationId, userId, role };
}

/** Any member who signed in, whatever the role; not before enrolling where that is demanded. */
export const requireMember = createMiddleware<AppEnv>(async (context, next) => {
  if (sessionOf(context).mustEnrol) throw new RequestRefused("auth.mfa_enrolment_required");
  await next();
});
