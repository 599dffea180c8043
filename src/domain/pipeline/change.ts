import type { WebhookEvent } from "../webhooks/webhook-event.ts";
import type { FieldChange } from "./diff-facts.ts";

/**
 * `changed`: the facts or the score; `appeared`: the company was stored for the first time; `not_comparable`: its facts
 * changed, and what they were is not kept any more.
 */
export const CHANGE_KINDS = ["changed", "appeared", "not_comparable"] as const;
type ChangeKind = (typeof CHANGE_KINDS)[number];

/** What was noticed of a watched company. Synthetic companies never change: there is none of mode test. */
export interface Change {
  id: string;
  organisationId: string;
  siren: string;
  /** When it was noticed; RFC 3339, milliseconds. */
  at: string;
  kind: ChangeKind;
  fields: FieldChange[];
  scoreBefore: number | null;
  scoreAfter: number | null;
}

/** null: not both are known. */
export function scoreDelta({ scoreBefore, scoreAfter }: Pick<Change, "scoreBefore" | "scoreAfter">) {
  return scoreBefore === null || scoreAfter === null ? null : scoreAfter - scoreBefore;
}

/** What is told of a change: names of fields, no value of them. `lists`: those that watch the company. */
export function changedEvent(change: Change, lists: string[]): WebhookEvent {
  const { id, organisationId, siren, at, kind, fields, scoreBefore, scoreAfter } = change;
  return {
    id: id.replace(/^chg_/, "evt_"),
    organisationId,
    mode: "live",
    type: "company.changed",
    at,
    data: {
      change_id: id,
      siren,
      kind,
      changed_fields: fields.map(({ field }) => field),
      score_before: scoreBefore,
      score_after: scoreAfter,
      score_delta: scoreDelta(change),
      lists,
      at,
    },
  };
}

/** What the register hides of a company that opposed publication. */
const HIDDEN = new Set([
  "nom_entreprise",
  "sigle",
  "siege.adresse",
  "siege.code_postal",
  "etablissements",
  "dirigeants",
]);

/** Changes of a company as they may be shown now: one that opposed publication since takes its past with it. */
export function shownFields(fields: FieldChange[], diffusion: string | null): FieldChange[] {
  return diffusion === "partielle" ? fields.filter(({ field }) => !HIDDEN.has(field)) : fields;
}
