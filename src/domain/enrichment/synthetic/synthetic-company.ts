import { RESERVED_SIRENS, type ReservedOutcome } from "../../companies/reserved-sirens.ts";
import type { FailureReason } from "../failure-reason.ts";
import type { SourceFault } from "../ports.ts";
import { SOURCE_NAMES, type SourceName } from "../source.ts";
import { SOURCE_POLICIES } from "../source-policy.ts";
import type { SourceRecord } from "../source-record.ts";
import type { SourceState } from "../source-state.ts";
import { completeRecords, event, type SyntheticRecords, withheldAccounts } from "./synthetic-records.ts";

/**
 * The clock of test mode stands still, so that the same question has the same answer, byte for byte, on any day.
 */
export const SYNTHETIC_NOW = Date.parse("2026-11-20T09:00:00.000Z");

/** What the sources would have said. */
export interface SyntheticReading {
  states: SourceState[];
  faults: SourceFault[];
  /** Before the answer. */
  waitMs: number;
}

const NAMES: Record<ReservedOutcome, string> = {
  not_found: "",
  partial: "ATELIERS PARTIEL",
  rate_limited: "",
  unavailable: "",
  slow: "ATELIERS LENT",
  malformed: "",
  no_credits: "ATELIERS SANS CREDIT",
  confidential_accounts: "ATELIERS DISCRET",
  partial_diffusion: "EXEMPLE CAMILLE",
  complete: "ATELIERS COMPLET",
};

const SLOW_MS = 3_000;
const BUSY_MS = 2_000;
const SPENT_MS = 60_000;

function isoAt(ms: number): string {
  return new Date(ms).toISOString();
}

function stateOf(source: SourceName, record: SourceRecord | null, partial = false): SourceState {
  return {
    source,
    record,
    record_hash: "synthetic",
    partial,
    retrieved_at: isoAt(SYNTHETIC_NOW),
    fresh_until: isoAt(SYNTHETIC_NOW + SOURCE_POLICIES[source].ttlMs),
    unchanged: 0,
    vanished: false,
  };
}

function reading(records: Partial<SyntheticRecords>): SyntheticReading {
  const states = SOURCE_NAMES.flatMap((source) => {
    const record = source === "kaspr" ? undefined : records[source];
    return record === undefined ? [] : [stateOf(source, record)];
  });
  return { states, faults: [], waitMs: 0 };
}

const FREE: SourceName[] = ["recherche_entreprises", "bodacc", "ratios_inpi"];

function outage(asked: SourceName[], reason: FailureReason, retryAfterMs: number | null): SyntheticReading {
  const sources = asked.length > 0 ? asked : FREE;
  return { states: [], faults: sources.map((source) => ({ source, reason, retryAfterMs })), waitMs: 0 };
}

/** Pappers 206: found, and the parts that take longer did not come. */
function partial(records: SyntheticRecords): SyntheticReading {
  const { pappers, ...others } = records;
  const { exercices: _late, evenements: _later, ...found } = pappers;
  const { states } = reading(others);
  return { states: [...states, stateOf("pappers", found, true)], faults: [], waitMs: 0 };
}

function withoutCredits({ pappers: _unpaid, ...free }: SyntheticRecords): SyntheticReading {
  const spent = { source: "pappers", reason: "quota_exhausted", retryAfterMs: SPENT_MS } as const;
  return { ...reading(free), faults: [spent] };
}

function confidential(records: SyntheticRecords): SyntheticReading {
  const exercices = withheldAccounts();
  const notice = event("comptes_confidentiels", "2026-06-25", "Dépôt avec déclaration de confidentialité");
  return reading({
    ...records,
    recherche_entreprises: { ...records.recherche_entreprises, exercices: [] },
    bodacc: { ...records.bodacc, evenements: [notice] },
    ratios_inpi: { ...records.ratios_inpi, exercices },
    pappers: { ...records.pappers, exercices, evenements: [notice] },
  });
}

/** A sole trader who opposed publication: the merge masks what the register masks. */
function opposed(records: SyntheticRecords): SyntheticReading {
  const { identite, siege, etablissements } = records.pappers;
  const dirigeants = records.recherche_entreprises.dirigeants?.map((one) => ({
    ...one,
    qualites: ["Entrepreneur individuel"],
  }));
  const individual = {
    ...identite,
    diffusion: "partielle",
    forme_juridique: { code: "1000", libelle: "Entrepreneur individuel" },
    tranche_effectif: null,
    capital: null,
  } as const;
  const { siren, as_of } = records.insee;
  return reading({
    recherche_entreprises: { siren, as_of, identite: individual, siege, dirigeants },
    insee: { siren, as_of, identite: individual, siege, etablissements },
    bodacc: { siren, as_of, evenements: [] },
  });
}

type Answer = (records: SyntheticRecords, asked: SourceName[]) => SyntheticReading;

const OUTCOMES: Record<ReservedOutcome, Answer> = {
  complete: reading,
  slow: (records) => ({ ...reading(records), waitMs: SLOW_MS }),
  partial,
  no_credits: withoutCredits,
  confidential_accounts: confidential,
  partial_diffusion: opposed,
  not_found: (_, asked) => ({ states: asked.map((one) => stateOf(one, null)), faults: [], waitMs: 0 }),
  rate_limited: (_, asked) => outage(asked, "busy", BUSY_MS),
  unavailable: (_, asked) => outage(asked, "unavailable", null),
  malformed: (_, asked) => outage(asked, "malformed", null),
};

/** What a reserved SIREN stands for, when `asked` are asked; none: a plain read. */
export function syntheticReading(outcome: ReservedOutcome, asked: SourceName[]): SyntheticReading {
  return OUTCOMES[outcome](completeRecords(RESERVED_SIRENS[outcome], NAMES[outcome]), asked);
}
