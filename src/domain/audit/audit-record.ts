/** Acts of nobody's organisation: a sign-in under an unknown address, the rotation of keys. */
export const SYSTEM_CHAIN = "system";

export const AUDIT_ACTIONS = [
  "account.registered",
  "session.opened",
  "session.refused",
  "session.refreshed_twice",
  "session.revoked",
  "password.changed",
  "mfa.enabled",
  "mfa.disabled",
  "mfa.refused",
  "backup_codes.created",
  "backup_code.used",
  "key.created",
  "key.renamed",
  "key.rotated",
  "key.revoked",
  "invitation.created",
  "invitation.revoked",
  "invitation.accepted",
  "member.role_changed",
  "member.removed",
  "organisation.changed",
  "company.enriched",
  "contacts.collected",
  "task.created",
  "task.cancelled",
  "task.retried",
  "webhook.created",
  "webhook.changed",
  "webhook.deleted",
  "webhook.secret_rotated",
  "webhook.replayed",
  "webhook.disabled",
  "queue.paused",
  "queue.resumed",
  "dead_letter.redriven",
  "dead_letter.discarded",
  "export.created",
  "export.reused",
  "export.streamed",
  "export.cancelled",
  "export.downloaded",
  "list.created",
  "list.changed",
  "list.deleted",
  "list.companies_added",
  "list.company_removed",
  "pipeline.status_set",
  "pipeline.status_cleared",
  "note.created",
  "note.changed",
  "note.deleted",
  "audit.exported",
  "keyring.rotated",
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Where a request came from; null outside of one. */
export interface RequestOrigin {
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
}

export interface AuditActor {
  kind: "user" | "key" | "anonymous" | "system";
  id: string | null;
}

/** One act. `details` hold no personal datum: identifiers, counts, names of settings. */
export interface AuditRecord extends RequestOrigin {
  id: string;
  /** RFC 3339, milliseconds. */
  at: string;
  organisationId: string;
  actor: AuditActor;
  action: AuditAction;
  resource: { kind: string; id: string } | null;
  outcome: "success" | "failure";
  details: Record<string, string | number | boolean | null>;
}

/** A record as the outbox gives it back: the version that wrote it may know acts that this one does not. */
export type WrittenRecord = Omit<AuditRecord, "action"> & { action: string };

export type AuditInput = Omit<AuditRecord, "id" | "at" | keyof RequestOrigin>;

/** Who acts, from where, when: what every audited use case is given beside its input. */
export interface ActContext {
  origin: RequestOrigin;
  /** ms. */
  now: number;
  /** A new identifier with this prefix, sortable by time. */
  newId: (prefix: string) => string;
}

/** User agents are as long as their senders like. */
const USER_AGENT_LIMIT = 300;

export function auditRecord(context: ActContext, input: AuditInput): AuditRecord {
  const { address, userAgent, requestId } = context.origin;
  const { resource, details } = input;
  return {
    ...input,
    id: context.newId("aud"),
    at: new Date(context.now).toISOString(),
    address,
    userAgent: userAgent === null ? null : storable(userAgent.slice(0, USER_AGENT_LIMIT)),
    requestId,
    resource: resource === null ? null : { kind: resource.kind, id: storable(resource.id) },
    details: Object.fromEntries(
      Object.entries(details).map(([name, value]) => [
        name,
        typeof value === "string" ? storable(value) : value,
      ]),
    ),
  };
}

/** Neither Postgres nor canonical JSON takes half a character or NUL: what a client sent must not stop an act. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "\uFFFD");
}
