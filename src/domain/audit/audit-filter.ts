import { AUDIT_ACTIONS } from "./audit-record.ts";

/** Which entries of one organisation; null asks for all. */
export interface AuditFilter {
  organisationId: string;
  actions: readonly string[] | null;
  actorId: string | null;
  resourceKind: string | null;
  resourceId: string | null;
  outcome: "success" | "failure" | null;
  requestId: string | null;
  /** RFC 3339: from this instant on, and before that one. */
  from: string | null;
  to: string | null;
}

/** What `action` may be: the name of an action, or the area of several with its dot (`key.`). */
export const ACTION_CHOICES: readonly string[] = [
  ...AUDIT_ACTIONS,
  ...new Set(AUDIT_ACTIONS.map((action) => action.replace(/[^.]+$/, ""))),
];

/** The actions that a choice stands for; empty when it is none. */
export function actionsOf(choice: string): readonly string[] {
  return AUDIT_ACTIONS.filter((action) =>
    choice.endsWith(".") ? action.startsWith(choice) : action === choice,
  );
}
