import { sha256Hex } from "../../lib/digest.ts";
import { opaqueToken } from "../../lib/opaque-token.ts";
import { type ActContext, auditRecord } from "../audit/audit-record.ts";
import { AccountRefused } from "./errors.ts";
import type { AccountTokens, SessionStore } from "./sign-in-ports.ts";
import { networkOfAct } from "./count-attempt.ts";

export const REFRESH_PREFIX = "mai_rt_";
/** Without a refresh for this long a session is over. */
export const SLIDING_MS = 30 * 86_400_000;
const USER_AGENT_LIMIT = 300;

export interface SessionDeps {
  sessions: SessionStore;
  tokens: AccountTokens;
  random: (length: number) => Uint8Array;
}

export interface OpenedSession {
  sessionId: string;
  organisationId: string;
  accessToken: string;
  refreshToken: string;
  /** Seconds. */
  expiresIn: number;
}

export interface SessionOpening {
  userId: string;
  organisationId: string;
  /** Signed in with a second factor. */
  mfa: boolean;
  /** As `verifyPassword` or `readMfaToken` gave it. */
  passwordChangedAt: string | null;
}

/**
 * A session with its first pair of tokens, audited as `session.opened`. Throws `AccountRefused` (auth.login_refused)
 * when the person is no longer a member, or the password changed or a second factor was added meanwhile.
 */
export async function openSession(
  deps: SessionDeps,
  act: ActContext,
  opening: SessionOpening,
): Promise<OpenedSession> {
  const { userId, organisationId, mfa } = opening;
  const sessionId = act.newId("ses");
  const refreshToken = opaqueToken(REFRESH_PREFIX, deps.random);
  const record = auditRecord(act, {
    organisationId,
    actor: { kind: "user", id: userId },
    action: "session.opened",
    resource: { kind: "session", id: sessionId },
    outcome: "success",
    details: { mfa },
  });
  const opened = await deps.sessions.open(
    {
      ...opening,
      id: sessionId,
      network: networkOfAct(act),
      userAgent: act.origin.userAgent?.slice(0, USER_AGENT_LIMIT).toWellFormed() ?? null,
      at: new Date(act.now).toISOString(),
      expiresAt: new Date(act.now + SLIDING_MS).toISOString(),
      refreshHash: await sha256Hex(refreshToken),
    },
    record,
  );
  if (!opened) throw new AccountRefused("auth.login_refused");
  const access = await deps.tokens.issueAccessToken({ userId, organisationId, sessionId }, act.now);
  return { ...access, sessionId, organisationId, refreshToken };
}
