import { auditRecord } from "../../audit/audit-record.ts";
import { loadKey } from "./load-key.ts";
import type { KeyActor, KeyStore } from "./ports.ts";

/** Revoking twice is revoking once. Throws `ResourceNotFound`. */
export async function revokeKey(keys: KeyStore, { principal, context }: KeyActor, id: string): Promise<void> {
  const { organisationId } = principal;
  const record = auditRecord(context, {
    organisationId,
    actor: principal.actor,
    action: "key.revoked",
    resource: { kind: "key", id },
    outcome: "success",
    details: {},
  });
  // Nothing changed: it was revoked before, or it is not there, which is the caller's error.
  if (!(await keys.revoke(id, record))) await loadKey(keys, organisationId, id);
}
