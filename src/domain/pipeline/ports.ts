import type { Principal } from "../accounts/principal.ts";
import type { ActContext, AuditRecord } from "../audit/audit-record.ts";
import type { CompanySummary } from "../search/company-filter.ts";
import type { Author } from "./author.ts";
import type { Addition, CompanyList, ListedCompany } from "./company-list.ts";
import type { Note } from "./note.ts";
import type { PipelineStatus, StatusCounts } from "./status.ts";

/** Whose objects: live and test credentials of an organisation know nothing of each other's. */
export interface Owner {
  organisationId: string;
  mode: Principal["mode"];
}

/** Who acts, from where. */
export interface PipelineActor {
  principal: Principal;
  context: ActContext;
}

export interface CompanyStatus {
  siren: string;
  status: PipelineStatus;
  /** RFC 3339, milliseconds. */
  changedAt: string;
  changedBy: Author;
}

/** `company`: null when it is not stored. */
export interface PipelineEntry extends CompanyStatus {
  company: CompanySummary | null;
}

/** Between two entries of the pipeline: the last one seen. */
export interface PipelinePlace {
  /** ms. */
  changedAt: number;
  siren: string;
}

export interface PipelinePage {
  statuses: readonly PipelineStatus[];
  after: PipelinePlace | null;
  limit: number;
}

/** Changes are of the record's organisation and actor, and write the record with them. All throw `StorageUnavailable`. */
export interface StatusStore {
  find(owner: Owner, siren: string): Promise<CompanyStatus | null>;
  /** The status after it; when it was this one already, all stays as it was. */
  set(
    to: Pick<CompanyStatus, "siren" | "status">,
    mode: Owner["mode"],
    record: AuditRecord,
  ): Promise<CompanyStatus>;
  clear(siren: string, mode: Owner["mode"], record: AuditRecord): Promise<void>;
  /** The newest change first. */
  list(owner: Owner, page: PipelinePage): Promise<PipelineEntry[]>;
  count(owner: Owner): Promise<StatusCounts>;
}

export interface NoteRef {
  id: string;
  siren: string;
}

/** As `StatusStore`. */
export interface NoteStore {
  /** Newest first; `before`: an id, for what follows it. */
  list(owner: Owner, siren: string, page: { before: string | null; limit: number }): Promise<Note[]>;
  find(owner: Owner, note: NoteRef): Promise<Note | null>;
  /** The note that has this id from now on, or had it before. null: there are as many on this company as may be. */
  create(note: NoteRef & { body: string }, mode: Owner["mode"], record: AuditRecord): Promise<Note | null>;
  /** null: there is none. */
  change(note: NoteRef & { body: string }, mode: Owner["mode"], record: AuditRecord): Promise<Note | null>;
  /** false: there is none. */
  delete(note: NoteRef, mode: Owner["mode"], record: AuditRecord): Promise<boolean>;
}

export type NewList = Pick<CompanyList, "id" | "name" | "description" | "watched">;

/** What is absent stays. */
export interface ListChange {
  name?: string | undefined;
  description?: string | null | undefined;
  watched?: boolean | undefined;
}

/** As `StatusStore`. */
export interface ListStore {
  /** Newest first; `before`: an id, for what follows it. */
  list(owner: Owner, page: { before: string | null; limit: number }): Promise<CompanyList[]>;
  find(owner: Owner, id: string): Promise<CompanyList | null>;
  /** The list that has this id from now on, or had it before; or why there is none. */
  create(
    list: NewList,
    mode: Owner["mode"],
    record: AuditRecord,
  ): Promise<CompanyList | "name_taken" | "too_many">;
  /** null: there is none. */
  change(
    list: ListChange & { id: string },
    mode: Owner["mode"],
    record: AuditRecord,
  ): Promise<CompanyList | "name_taken" | null>;
  /** With its companies. false: there is none. */
  delete(id: string, mode: Owner["mode"], record: AuditRecord): Promise<boolean>;
  /** By SIREN; `after`: one, for what follows it. */
  companies(
    owner: Owner,
    id: string,
    page: { after: string | null; limit: number },
  ): Promise<ListedCompany[]>;
  /** All of them or, when they are too many for the list, none. null: there is no such list. */
  add(
    to: { id: string; sirens: string[] },
    mode: Owner["mode"],
    record: AuditRecord,
  ): Promise<Addition | null>;
  /** false: it was not there. */
  remove(from: { id: string; siren: string }, mode: Owner["mode"], record: AuditRecord): Promise<boolean>;
}
