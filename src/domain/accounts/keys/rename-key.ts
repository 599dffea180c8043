import { auditRecord } from "../../audit/audit-record.ts";
import { ResourceNotFound } from "../errors.ts";
import type { ApiKey } from "./api-key.ts";
import type { KeyActor, KeyStore } from "./ports.ts";

/** Names are chosen by people and stay out of the audit. Throws `ResourceNotFound`. */
export async function renameKey(
  keys: KeyStore,
  { principal, context }: KeyActor,
  { id, name }: { id: string; name: string },
): Promise<ApiKey> {
  const record = auditRecord(context, {
    organisationId: principal.organisationId,
    actor: principal.actor,
    action: "key.renamed",
    resource: { kind: "key", id },
    outcome: "success",
    details: {},
  });
  const renamed = await keys.rename({ id, name }, record);
  if (renamed === null) throw new ResourceNotFound();
  return renamed;
}
