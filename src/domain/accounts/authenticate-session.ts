import { type Principal, ROLE_SCOPES } from "./principal.ts";
import type { AccountTokens, LiveSession, SessionStore } from "./sign-in-ports.ts";

function principalOf(session: LiveSession): Principal {
  const { sessionId, userId, organisationId, role, mfa } = session;
  const mustEnrol = session.mfaRequired && !session.mfaEnabled;
  return {
    organisationId,
    actor: { kind: "user", id: userId },
    plan: session.plan,
    mode: "live",
    scopes: new Set<string>(mustEnrol ? [] : ROLE_SCOPES[role]),
    since: Date.parse(session.organisationCreatedAt),
    session: { id: sessionId, userId, role, mfa, mustEnrol },
  };
}

export interface AuthenticatedSession {
  principal: Principal;
  /** When the token is over, ms. */
  expiresAt: number;
}

/** Who holds an access token, with the rights of this moment; null when the token or its session is over. */
export async function authenticateSession(
  deps: {
    tokens: Pick<AccountTokens, "readAccessToken">;
    sessions: Pick<SessionStore, "live">;
    now: () => number;
  },
  token: string,
): Promise<AuthenticatedSession | null> {
  const now = deps.now();
  const claims = await deps.tokens.readAccessToken(token, now);
  if (claims === null) return null;
  const session = await deps.sessions.live(claims.sessionId, new Date(now).toISOString());
  if (session?.userId !== claims.userId || session.organisationId !== claims.organisationId) return null;
  return { principal: principalOf(session), expiresAt: claims.expiresAt };
}
