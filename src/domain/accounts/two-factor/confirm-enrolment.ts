import { auditRecord } from "../../audit/audit-record.ts";
import { AccountRefused } from "../errors.ts";
import { countAttempt } from "../count-attempt.ts";
import { type FactorDeps, type FactorOwner, findFactor, refuseCode, stepOfCode } from "./spend-code.ts";

/**
 * The first code confirms the secret and lifts the session to one with a second factor. Throws `AccountRefused`
 * (`auth.mfa_not_started`, `auth.mfa_already_enabled`, `auth.code_wrong`), `LimitReached`, `LimiterUnavailable`.
 */
export async function confirmEnrolment(
  deps: FactorDeps,
  owner: FactorOwner & { sessionId: string },
  code: string,
): Promise<void> {
  const { userId, organisationId, sessionId } = owner;
  const factor = await findFactor(deps, userId);
  const sealedSecret = factor?.sealedSecret ?? null;
  if (factor === null || sealedSecret === null) throw new AccountRefused("auth.mfa_not_started");
  if (factor.confirmedAt !== null) throw new AccountRefused("auth.mfa_already_enabled");
  const attempt = { subject: userId, act: deps.act, knownNetwork: factor.knownNetwork };
  await countAttempt(deps.throttle, "code", attempt);
  const step = await stepOfCode(deps, owner, { sealedSecret, code });
  const record = auditRecord(deps.act, {
    organisationId,
    actor: { kind: "user", id: userId },
    action: "mfa.enabled",
    resource: { kind: "user", id: userId },
    outcome: "success",
    details: {},
  });
  const confirmed = await deps.factors.confirm({ userId, sealedSecret, step, sessionId }, record);
  if (!confirmed) await refuseCode(deps, owner, "spent_code");
}
