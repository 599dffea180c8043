import { auditRecord } from "../../audit/audit-record.ts";
import { ensureAuthority } from "../authority.ts";
import { keyAuthority } from "./key-authority.ts";
import { loadKey } from "./load-key.ts";
import type { KeyActor, KeyDeps } from "./ports.ts";

/** Revoking twice is revoking once. Throws `ResourceNotFound`, `AccountRefused` (`auth.role_changed`). */
export async function revokeKey(
  { keys, members }: Pick<KeyDeps, "keys" | "members">,
  actor: KeyActor,
  id: string,
): Promise<void> {
  const { principal, context } = actor;
  const { organisationId } = principal;
  const record = auditRecord(context, {
    organisationId,
    actor: principal.actor,
    action: "key.revoked",
    resource: { kind: "key", id },
    outcome: "success",
    details: {},
  });
  const by = keyAuthority(actor);
  if (await keys.revoke(id, by, record)) return;
  await ensureAuthority(members, organisationId, by);
  // Nothing changed: it was revoked before, or it is not there, which is the caller's error.
  await loadKey(keys, organisationId, id);
}
