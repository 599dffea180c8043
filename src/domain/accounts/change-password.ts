import { type ActContext, auditRecord } from "../audit/audit-record.ts";
import { AccountRefused } from "./errors.ts";
import type { SessionOwner, UserStore } from "./sign-in-ports.ts";
import { type VerifyDeps, verifyPassword } from "./verify-password.ts";

/**
 * Replaces the password and ends every other session of the person. Throws `AccountRefused` (auth.password_refused)
 * when the current one is wrong or was changed meanwhile, and what `verifyPassword` throws.
 */
export async function changePassword(
  deps: VerifyDeps & { users: Pick<UserStore, "changePassword"> },
  act: ActContext,
  { by, current, next }: { by: SessionOwner; current: string; next: string },
): Promise<void> {
  const { userId, organisationId, sessionId } = by;
  const user = await verifyPassword(deps, act, { userId, password: current });
  if (user === null || user.passwordHash === null) throw new AccountRefused("auth.password_refused");
  const record = auditRecord(act, {
    organisationId,
    actor: { kind: "user", id: userId },
    action: "password.changed",
    resource: { kind: "user", id: userId },
    outcome: "success",
    details: {},
  });
  const change = {
    userId,
    from: user.passwordHash,
    to: await deps.passwords.hash(next),
    keepSession: sessionId,
  };
  const changed = await deps.users.changePassword({ ...change, at: new Date(act.now).toISOString() }, record);
  if (!changed) throw new AccountRefused("auth.password_refused");
}
