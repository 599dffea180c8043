import { type ActContext, auditRecord } from "../../audit/audit-record.ts";
import type { AuditTrail } from "../../audit/ports.ts";
import type { AttemptThrottle } from "../../limits/ports.ts";
import { AccountRefused } from "../errors.ts";
import { askedNetwork, countAttempt } from "../count-attempt.ts";
import type { FactorMechanism, SecondFactor, SeenSecret, TwoFactorStore } from "./ports.ts";

export interface FactorDeps {
  factors: TwoFactorStore;
  mechanism: FactorMechanism;
  throttle: AttemptThrottle;
  trail: AuditTrail;
  act: ActContext;
}

/** Whose second factor, and in which organisation's audit its use is recorded. */
export interface FactorOwner {
  userId: string;
  organisationId: string;
}

/** What a person types: six digits of the app, or one of the backup codes, as normalised. */
export type Proof = { code: string } | { backupCode: string };

/** null: no such account. */
export async function findFactor({ factors, act }: FactorDeps, userId: string): Promise<SecondFactor | null> {
  return factors.find(userId, askedNetwork(act));
}

/** The secret of a confirmed factor. Throws `AccountRefused` (`auth.mfa_not_enabled`). */
export function confirmedSecret(factor: SecondFactor | null, userId: string): SeenSecret {
  if (factor === null || factor.confirmedAt === null || factor.sealedSecret === null) {
    throw new AccountRefused("auth.mfa_not_enabled");
  }
  return { userId, sealedSecret: factor.sealedSecret };
}

type Refusal = "wrong_code" | "spent_code" | "wrong_backup_code";

/** Records a refused code, then throws `AccountRefused` (`auth.code_wrong`). */
export async function refuseCode(deps: FactorDeps, owner: FactorOwner, reason: Refusal): Promise<never> {
  const record = auditRecord(deps.act, {
    organisationId: owner.organisationId,
    actor: { kind: "user", id: owner.userId },
    action: "mfa.refused",
    resource: { kind: "user", id: owner.userId },
    outcome: "failure",
    details: { reason },
  });
  await deps.trail.record(record);
  throw new AccountRefused("auth.code_wrong");
}

/** The time step of a code of this secret; a wrong code is recorded and refused. */
export async function stepOfCode(
  deps: FactorDeps,
  owner: FactorOwner,
  { sealedSecret, code }: { sealedSecret: string; code: string },
): Promise<number> {
  const secret = await deps.mechanism.open({ userId: owner.userId, sealedSecret });
  const step = await deps.mechanism.stepOf({ secret, code, now: deps.act.now });
  return step ?? refuseCode(deps, owner, "wrong_code");
}

async function spendBackupCode(deps: FactorDeps, owner: FactorOwner, backupCode: string): Promise<void> {
  const { userId, organisationId } = owner;
  const record = auditRecord(deps.act, {
    organisationId,
    actor: { kind: "user", id: userId },
    action: "backup_code.used",
    resource: { kind: "user", id: userId },
    outcome: "success",
    details: {},
  });
  const hashes = await deps.mechanism.everyCommitment(userId, backupCode);
  const spent = await deps.factors.spendBackupCode(userId, hashes, record);
  if (!spent) await refuseCode(deps, owner, "wrong_backup_code");
}

/**
 * Proves a confirmed second factor, once: whatever the code was given for, it is then spent for all. Gives the secret
 * that it was checked against. Throws `AccountRefused` (`auth.mfa_not_enabled`, `auth.code_wrong`), `LimitReached`,
 * `LimiterUnavailable`.
 */
export async function spendCode(deps: FactorDeps, owner: FactorOwner, proof: Proof): Promise<SeenSecret> {
  const factor = await findFactor(deps, owner.userId);
  const seen = confirmedSecret(factor, owner.userId);
  const knownNetwork = factor?.knownNetwork === true;
  await countAttempt(deps.throttle, "code", { subject: owner.userId, act: deps.act, knownNetwork });
  if ("backupCode" in proof) {
    await spendBackupCode(deps, owner, proof.backupCode);
    return seen;
  }
  const step = await stepOfCode(deps, owner, { ...seen, ...proof });
  if (!(await deps.factors.spendStep({ ...seen, step }))) await refuseCode(deps, owner, "spent_code");
  return seen;
}
