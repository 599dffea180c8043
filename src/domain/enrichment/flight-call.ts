import type { ActContext, AuditRecord } from "../audit/audit-record.ts";
import { type Spent, totalCredits } from "../usage/money.ts";
import { collectionRecord } from "./collection-record.ts";
import type { Requester, SourceFault } from "./ports.ts";
import type { SourceName } from "./source.ts";
import type { SourceState } from "./source-state.ts";
import type { Urgency } from "./urgency.ts";

/** What one request has asked of some sources, together. */
export interface FlightCall {
  payer: Requester;
  faults: SourceFault[];
  spent: Spent;
  /** Of what was spent, what no record tells of yet. */
  untold: Spent;
  /** Of those who waited, one of each organisation: the audit names him. */
  recorded: Set<Requester>;
  /** Answered, and not kept yet. */
  answered: SourceState[];
}

/** A source being asked, until its answer is kept. */
export interface Pending {
  source: SourceName;
  call: FlightCall;
  urgency: Urgency;
  /** Ends when it has answered, or failed. */
  answer: Promise<void>;
  waiting: Set<Requester>;
}

export function newCall(payer: Requester): FlightCall {
  return { payer, faults: [], spent: {}, untold: {}, recorded: new Set(), answered: [] };
}

/** One of each organisation that waits now for what is being kept; those who come later read what is stored. */
export function recordsOf(
  call: FlightCall,
  kept: Pending[],
  at: Pick<ActContext, "now" | "newId"> & { siren: string },
): AuditRecord[] {
  const told = new Map<string, { requester: Requester; sources: Set<SourceName> }>();
  for (const { source, waiting } of kept) {
    for (const requester of waiting) {
      const one = told.get(requester.organisationId) ?? { requester, sources: new Set() };
      told.set(requester.organisationId, { ...one, sources: one.sources.add(source) });
    }
  }
  const credits = totalCredits(call.untold);
  call.untold = {};
  return Array.from(told.values(), ({ requester, sources }) => {
    call.recorded.add(requester);
    const paid = requester.organisationId === call.payer.organisationId;
    const details = { sources: [...sources].join(","), credits: paid ? credits : 0 };
    return collectionRecord(requester, at, { action: "company.enriched", details });
  });
}
