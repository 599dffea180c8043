import type { ActContext } from "../audit/audit-record.ts";
import { AccountRefused } from "./errors.ts";
import { type OpenedSession, openSession, type SessionDeps } from "./open-session.ts";
import { refusal, type VerifyDeps, verifyPassword } from "./verify-password.ts";

export interface SignInInput {
  email: string;
  password: string;
  /** By default the oldest organisation of the person. */
  organisationId: string | undefined;
}

/** Whoever has a second factor is given no session yet. */
export type SignIn = { kind: "session"; opened: OpenedSession } | { kind: "mfa"; mfaToken: string };

/** Throws `AccountRefused` (auth.login_refused) whatever did not fit, and what `verifyPassword` throws. */
export async function signIn(
  deps: VerifyDeps & SessionDeps,
  act: ActContext,
  { email, password, organisationId }: SignInInput,
): Promise<SignIn> {
  const user = await verifyPassword(deps, act, { email, password });
  if (user === null) throw new AccountRefused("auth.login_refused");
  const membership = user.memberships.find(
    (one) => organisationId === undefined || one.organisationId === organisationId,
  );
  if (membership === undefined) {
    await deps.trail.record(refusal(act, user, { reason: "membership" }));
    throw new AccountRefused("auth.login_refused");
  }
  const proved = {
    userId: user.id,
    organisationId: membership.organisationId,
    passwordChangedAt: user.passwordChangedAt,
  };
  if (user.mfaEnabled) return { kind: "mfa", mfaToken: await deps.tokens.issueMfaToken(proved, act.now) };
  return { kind: "session", opened: await openSession(deps, act, { ...proved, mfa: false }) };
}
