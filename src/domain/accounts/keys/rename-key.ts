import { auditRecord } from "../../audit/audit-record.ts";
import { ensureAuthority } from "../authority.ts";
import { ResourceNotFound } from "../errors.ts";
import type { ApiKey } from "./api-key.ts";
import { keyAuthority } from "./key-authority.ts";
import type { KeyActor, KeyDeps } from "./ports.ts";

/** Names are chosen by people and stay out of the audit. Throws `ResourceNotFound`, `AccountRefused` (`auth.role_changed`). */
export async function renameKey(
  { keys, members }: Pick<KeyDeps, "keys" | "members">,
  actor: KeyActor,
  { id, name }: { id: string; name: string },
): Promise<ApiKey> {
  const { principal, context } = actor;
  const { organisationId } = principal;
  const record = auditRecord(context, {
    organisationId,
    actor: principal.actor,
    action: "key.renamed",
    resource: { kind: "key", id },
    outcome: "success",
    details: {},
  });
  const by = keyAuthority(actor);
  const renamed = await keys.rename({ id, name }, by, record);
  if (renamed !== null) return renamed;
  await ensureAuthority(members, organisationId, by);
  throw new ResourceNotFound();
}
