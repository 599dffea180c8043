import type { Principal } from "../accounts/principal.ts";
import type { AuditRecord } from "../audit/audit-record.ts";
import type { Outcome, Task, TaskStatus, TaskType } from "./task.ts";

/** Whoever looks at tasks: his organisation's; a test key sees what test keys made, and no more. */
export type Viewer = Pick<Principal, "organisationId" | "mode">;

export interface TaskFilter {
  status?: TaskStatus | undefined;
  type?: TaskType | undefined;
}

/** A task in a list. `counts`: null until it ends. */
export type TaskSummary = Pick<
  Task,
  | "id"
  | "parentId"
  | "type"
  | "mode"
  | "status"
  | "sources"
  | "rows"
  | "counts"
  | "failure"
  | "createdAt"
  | "startedAt"
  | "finishedAt"
  | "cancelRequestedAt"
>;

/** A row that has ended. */
export interface EndedRow {
  rowNo: number;
  line: number;
  input: string;
  siren: string | null;
  outcome: Outcome;
  reason: string | null;
}

/** Rows in the order of the file, those after number `after` and, in the file, after `afterLine`. */
export interface RowPage {
  outcome: Outcome | null;
  after: number;
  afterLine: number;
  limit: number;
}

export interface TaskReading {
  /** null: no task that the viewer may see. */
  find(viewer: Viewer, id: string): Promise<TaskSummary | null>;
  /** Newest first, those before `before`. */
  list(
    viewer: Viewer,
    filter: TaskFilter,
    page: { limit: number; before: string | null },
  ): Promise<TaskSummary[]>;
  rows(taskId: string, page: RowPage): Promise<EndedRow[]>;
}

/** A task made of the rows of another that failed. */
export interface Retry {
  parentId: string;
  taskId: string;
  actor: Task["actor"];
}

export interface TaskChanging {
  /** Asks an open task to end, once, and ends its open rows; false: there was no such task, or it was asked before. */
  cancel(viewer: Viewer, id: string, record: AuditRecord): Promise<boolean>;
  /**
   * Makes the child task, unless it is there, or one that tries the same rows is open: then it is that one. null: no such
   * ended task, or no row of it to try again.
   */
  retry(viewer: Viewer, retry: Retry, record: AuditRecord): Promise<TaskSummary | null>;
}
