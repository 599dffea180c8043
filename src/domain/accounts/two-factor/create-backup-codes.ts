import { auditRecord } from "../../audit/audit-record.ts";
import { AccountRefused } from "../errors.ts";
import { type FactorDeps, type FactorOwner, spendCode } from "./spend-code.ts";

const COUNT = 10;

/** Ten new backup codes, in the place of all earlier ones. Throws as `spendCode` does. */
export async function createBackupCodes(
  deps: FactorDeps,
  owner: FactorOwner,
  code: string,
): Promise<string[]> {
  const { userId, organisationId } = owner;
  const seen = await spendCode(deps, owner, { code });
  const codes = Array.from({ length: COUNT }, () => deps.mechanism.newBackupCode());
  const hashes: string[] = [];
  // Not all at once: the first looks up the key that the others are made with too.
  for (const one of codes) hashes.push(await deps.mechanism.commit(userId, one));
  const record = auditRecord(deps.act, {
    organisationId,
    actor: { kind: "user", id: userId },
    action: "backup_codes.created",
    resource: { kind: "user", id: userId },
    outcome: "success",
    details: { count: COUNT },
  });
  const replaced = await deps.factors.replaceBackupCodes(seen, hashes, record);
  if (!replaced) throw new AccountRefused("auth.mfa_not_enabled");
  return codes;
}
