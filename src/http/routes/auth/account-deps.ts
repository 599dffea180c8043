import type { Context } from "hono";
import type { SessionDeps } from "../../../domain/accounts/open-session.ts";
import type { SessionOwner } from "../../../domain/accounts/sign-in-ports.ts";
import type { VerifyDeps } from "../../../domain/accounts/verify-password.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { sessionOf } from "../../middleware/authenticate.ts";

/** What the use cases of sign-in and sessions work with; refusals that are recorded reach their chain at once. */
export function accountDeps(context: Context<AppEnv>) {
  const { accounts, limits, audit } = context.get("isolate").services;
  return {
    ...accounts,
    throttle: limits.throttle,
    trail: {
      record: async (record) => {
        await audit.trail.record(record);
        pokeAudit(context, record.organisationId);
      },
    },
  } satisfies VerifyDeps & SessionDeps;
}

/** Tells the operators that somebody signed in; `mfa`: with a second factor. */
export function logSignIn(
  context: Context<AppEnv>,
  { organisationId, sessionId, mfa }: { organisationId: string; sessionId: string; mfa: boolean },
): void {
  const { log } = context.get("isolate").services;
  log.event("signed_in", { organisation_id: organisationId, session_id: sessionId, mfa });
}

/** The session that asks, behind `requireSession`. */
export function ownSession(context: Context<AppEnv>): SessionOwner {
  const { id, userId } = sessionOf(context);
  return { sessionId: id, userId, organisationId: context.get("principal").organisationId };
}
