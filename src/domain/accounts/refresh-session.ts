import { sha256Hex } from "../../lib/digest.ts";
import { isOpaqueToken, opaqueToken } from "../../lib/opaque-token.ts";
import { type ActContext, auditRecord } from "../audit/audit-record.ts";
import { AccountRefused } from "./errors.ts";
import { type OpenedSession, REFRESH_PREFIX, type SessionDeps, SLIDING_MS } from "./open-session.ts";

/** However often it is refreshed, a session ends this long after the sign-in. */
const ABSOLUTE_MS = 90 * 86_400_000;

type Deps = SessionDeps & {
  /** Tells the chain of an organisation, behind the answer, that a record waits. */
  poke: (organisationId: string) => void;
};

/** A spent token is in two hands, and we can't tell whose is the thief's: the session ends for both. */
async function endIfSpent(deps: Deps, act: ActContext, hash: string): Promise<void> {
  const owner = await deps.sessions.ownerOfSpent(hash);
  if (owner === null) return;
  const { sessionId, userId, organisationId } = owner;
  const record = auditRecord(act, {
    organisationId,
    actor: { kind: "user", id: userId },
    action: "session.refreshed_twice",
    resource: { kind: "session", id: sessionId },
    outcome: "failure",
    details: {},
  });
  const at = new Date(act.now).toISOString();
  const revoked = await deps.sessions.revoke({ sessionId, userId, at, reason: "refreshed_twice" }, record);
  if (revoked) deps.poke(organisationId);
}

/**
 * A new pair of tokens for a refresh token, which is spent: of two uses at once one wins, and the other ends the
 * session. Throws `AccountRefused` (auth.refresh_refused).
 */
export async function refreshSession(deps: Deps, act: ActContext, token: string): Promise<OpenedSession> {
  if (!isOpaqueToken(REFRESH_PREFIX, token)) throw new AccountRefused("auth.refresh_refused");
  const refreshToken = opaqueToken(REFRESH_PREFIX, deps.random);
  const hash = await sha256Hex(token);
  const owner = await deps.sessions.exchange({
    hash,
    newHash: await sha256Hex(refreshToken),
    at: new Date(act.now).toISOString(),
    expiresAt: new Date(act.now + SLIDING_MS).toISOString(),
    openedSince: new Date(act.now - ABSOLUTE_MS).toISOString(),
  });
  if (owner === null) {
    await endIfSpent(deps, act, hash);
    throw new AccountRefused("auth.refresh_refused");
  }
  const access = await deps.tokens.issueAccessToken(owner, act.now);
  const { sessionId, organisationId } = owner;
  return { ...access, sessionId, organisationId, refreshToken };
}
