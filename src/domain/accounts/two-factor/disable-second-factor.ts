import { auditRecord } from "../../audit/audit-record.ts";
import { AccountRefused } from "../errors.ts";
import { type VerifyDeps, verifyPassword } from "../verify-password.ts";
import {
  confirmedSecret,
  type FactorDeps,
  type FactorOwner,
  findFactor,
  type Proof,
  spendCode,
} from "./spend-code.ts";

type Deps = FactorDeps & VerifyDeps;

/**
 * Gives the second factor and its backup codes up, against password and code. Throws `AccountRefused`
 * (`auth.mfa_not_enabled`, `auth.mfa_required_by_organisation`, `auth.password_refused`, `auth.code_wrong`),
 * `LimitReached`, `LimiterUnavailable`.
 */
export async function disableSecondFactor(
  deps: Deps,
  owner: FactorOwner,
  { password, proof }: { password: string; proof: Proof },
): Promise<void> {
  const { userId, organisationId } = owner;
  const factor = await findFactor(deps, userId);
  confirmedSecret(factor, userId);
  if (factor?.required === true) throw new AccountRefused("auth.mfa_required_by_organisation");
  const user = await verifyPassword(deps, deps.act, { userId, password });
  if (user === null) throw new AccountRefused("auth.password_refused");
  const seen = await spendCode(deps, owner, proof);
  const record = auditRecord(deps.act, {
    organisationId,
    actor: { kind: "user", id: userId },
    action: "mfa.disabled",
    resource: { kind: "user", id: userId },
    outcome: "success",
    details: {},
  });
  const disabled = await deps.factors.disable(seen, record);
  if (!disabled) throw new AccountRefused("auth.mfa_required_by_organisation");
}
