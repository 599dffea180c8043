import { ResourceNotFound } from "../accounts/errors.ts";
import { ensureCompanyOfMode } from "./ensure-company-of-mode.ts";
import type { CompanyStatus, Owner, StatusStore } from "./ports.ts";

/** Throws `ResourceNotFound` for a company without a status, `SirenNotReserved`. */
export async function loadStatus(
  statuses: Pick<StatusStore, "find">,
  owner: Owner,
  siren: string,
): Promise<CompanyStatus> {
  ensureCompanyOfMode(owner.mode, [siren]);
  const found = await statuses.find(owner, siren);
  if (found === null) throw new ResourceNotFound();
  return found;
}
