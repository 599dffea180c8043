import type { Principal } from "../accounts/principal.ts";
import type { ActContext, AuditActor, AuditRecord } from "../audit/audit-record.ts";
import type { Export, ExportFormat, ExportOrder, ExportStatus } from "./export.ts";

/** Whoever looks at exports: his organisation's; a test key sees what test keys made, and no more. */
export type ExportViewer = Pick<Principal, "organisationId" | "mode">;

export interface ExportRequester {
  principal: Pick<Principal, "organisationId" | "mode" | "actor">;
  act: ActContext;
}

export interface ExportFilter {
  status?: ExportStatus | undefined;
  format?: ExportFormat | undefined;
}

/** An organisation has no more exports than this that are queued or running, of live keys and of test keys each. */
export const MOST_OPEN = 5;

/** What a selection comes to right now. */
export interface Measured {
  /** null: not known before it is done. */
  rows: number | null;
  /** Changes when the selection has other companies; null: it may change without a sign. */
  version: string | null;
}

export interface NewExport extends ExportOrder {
  id: string;
  actor: AuditActor;
  requestId: string | null;
  estimatedRows: number | null;
  /** Sealed. */
  secret: string | null;
  fingerprint: string;
  /** Not created when there is one already with this fingerprint, made since then (RFC 3339); null: whatever there is. */
  unlessSince: string | null;
}

/** Throws `StorageUnavailable`. */
export interface ExportStore {
  /** null: the organisation has no such task or list. */
  measure(order: ExportOrder): Promise<Measured | null>;
  /** The one that was made, by this or an earlier try, or the one that stands for it; null: too many are open. */
  create(made: NewExport, record: AuditRecord): Promise<Export | null>;
  /** null: no export that the viewer may see. */
  find(viewer: ExportViewer, id: string): Promise<Export | null>;
  /** Whoever it belongs to. */
  findAny(id: string): Promise<Export | null>;
  /** Newest first, those before `before`. */
  list(
    viewer: ExportViewer,
    filter: ExportFilter,
    page: { limit: number; before: string | null },
  ): Promise<Export[]>;
  /** false: there is none that is open. Its secret is gone. */
  cancel(viewer: ExportViewer, id: string, record: AuditRecord): Promise<boolean>;
}
