import { type ActContext, type AuditRecord, auditRecord, SYSTEM_CHAIN } from "../audit/audit-record.ts";
import type { AuditTrail } from "../audit/ports.ts";
import type { AttemptThrottle } from "../limits/ports.ts";
import { askedNetwork, countAttempt } from "./count-attempt.ts";
import type { PasswordHasher, UserAccount, UserKey, UserStore } from "./sign-in-ports.ts";

export interface VerifyDeps {
  users: Pick<UserStore, "find" | "rehash">;
  passwords: PasswordHasher;
  throttle: AttemptThrottle;
  trail: AuditTrail;
  /** A keyed hash that stands for a text in counters and records. */
  commit: (text: string) => Promise<string>;
}

/** A sign-in that was refused, in the chain of the person's first organisation, or of nobody's. */
export function refusal(
  act: ActContext,
  user: UserAccount | null,
  details: Record<string, string>,
): AuditRecord {
  return auditRecord(act, {
    organisationId: user?.memberships[0]?.organisationId ?? SYSTEM_CHAIN,
    actor: user === null ? { kind: "anonymous", id: null } : { kind: "user", id: user.id },
    action: "session.refused",
    resource: null,
    outcome: "failure",
    details,
  });
}

async function commitAddress(deps: VerifyDeps, email: string): Promise<string> {
  return deps.commit(`email:${email.trim().toLowerCase()}`);
}

/**
 * The account, or null when there is none or the password is wrong: nothing in answer or work tells which. Every
 * attempt is counted before any hashing. Failures are audited. Throws `LimitReached`, `LimiterUnavailable`.
 */
export async function verifyPassword(
  deps: VerifyDeps,
  act: ActContext,
  attempt: UserKey & { password: string },
): Promise<UserAccount | null> {
  const user = await deps.users.find(attempt, askedNetwork(act));
  const subject =
    user?.id ?? ("email" in attempt ? await commitAddress(deps, attempt.email) : attempt.userId);
  const knownNetwork = user?.knownNetwork === true;
  await countAttempt(deps.throttle, "password", { subject, act, knownNetwork });
  const stored = user?.passwordHash ?? null;
  const { ok, outdated } = await deps.passwords.verify(attempt.password, stored);
  if (user === null || stored === null || !ok) {
    const unknown = user === null && "email" in attempt;
    const details = unknown ? { address_commitment: await commitAddress(deps, attempt.email) } : {};
    await deps.trail.record(refusal(act, user, { reason: "password", ...details }));
    return null;
  }
  if (!outdated) return user;
  const passwordHash = await deps.passwords.hash(attempt.password);
  await deps.users.rehash(user.id, { from: stored, to: passwordHash });
  return { ...user, passwordHash };
}
