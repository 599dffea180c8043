import { AccountRefused } from "../errors.ts";
import { type OpenedSession, openSession, type SessionDeps } from "../open-session.ts";
import { type FactorDeps, type Proof, spendCode } from "./spend-code.ts";

type Deps = FactorDeps & SessionDeps;

/**
 * A void token, and one that something made void since, answer alike: sign in again. A wrong code refuses the sign-in,
 * where in a session it refuses one act.
 */
function asChallenge(error: unknown): unknown {
  if (!(error instanceof AccountRefused)) return error;
  if (error.code === "auth.code_wrong") return new AccountRefused("auth.code_refused");
  const isVoid = error.code === "auth.login_refused" || error.code === "auth.mfa_not_enabled";
  return isVoid ? new AccountRefused("auth.challenge_refused") : error;
}

/**
 * The second step of a sign-in: opens a session with a second factor. Throws `AccountRefused`
 * (`auth.challenge_refused`, `auth.code_refused`), `LimitReached`, `LimiterUnavailable`.
 */
export async function answerChallenge(
  deps: Deps,
  mfaToken: string,
  proof: Proof,
): Promise<OpenedSession & { organisationId: string }> {
  const claims = await deps.tokens.readMfaToken(mfaToken, deps.act.now);
  if (claims === null) throw new AccountRefused("auth.challenge_refused");
  try {
    await spendCode(deps, claims, proof);
    const opened = await openSession(deps, deps.act, { ...claims, mfa: true });
    return { ...opened, organisationId: claims.organisationId };
  } catch (error) {
    throw asChallenge(error);
  }
}
