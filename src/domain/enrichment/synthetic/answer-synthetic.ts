import type { Company } from "../../companies/company.ts";
import { reservedOutcomeOf } from "../../companies/reserved-sirens.ts";
import { scoreCompany } from "../../scoring/score-company.ts";
import { ensureRegisterNamed } from "../ensure-register-named.ts";
import { composeCompany } from "../compose-company.ts";
import { mergeCompany } from "../merge-company.ts";
import { originOf } from "../origin-of.ts";
import type { CollectedContact } from "../ports.ts";
import type { Trace } from "../read-copies.ts";
import type { SourceName } from "../source.ts";
import type { SourceState } from "../source-state.ts";
import { STORED_COMPANY_VERSION, type StoredCompany } from "../stored-company.ts";
import { SirenNotReserved } from "./errors.ts";
import { SYNTHETIC_NOW, syntheticReading } from "./synthetic-company.ts";
import { SYNTHETIC_SECTOR } from "./synthetic-sectors.ts";

/** What a test key gets, in the shape that the real answers have. */
export interface SyntheticAnswer {
  company: Company;
  stored: StoredCompany;
  trail: Trace[];
  freshness: "fresh";
}

const AT = new Date(SYNTHETIC_NOW).toISOString();
const TRAIL: Trace[] = [{ level: "synthetic", hit: true }];

/** An address under a reserved domain, and a number from the range that France keeps for fiction. */
const CONTACT: CollectedContact = {
  nom: "Camille EXEMPLE (FICTIF)",
  fonction: "Présidence",
  email_professionnel: "camille.exemple@example.com",
  telephone: "+33199000000",
  linkedin: "camille-exemple-fictif",
  source: "kaspr",
  collected_at: AT,
  fresh_until: AT,
};

function storedOf(siren: string, states: SourceState[]): StoredCompany {
  const base = { v: STORED_COMPANY_VERSION, siren, states } as const;
  if (!states.some(({ record }) => record !== null)) return { ...base, sector: null, score: null };
  const { facts, origins } = mergeCompany(siren, states);
  const sector = SYNTHETIC_SECTOR;
  const score = scoreCompany({ facts, sector, at: AT, facts_sources: originOf(origins) });
  return { ...base, sector, score };
}

/**
 * The answer of test mode: invented sources through the real merge, score and composition; no provider, cache, table
 * or ledger is near. `asked`: the sources named by an enrichment, none for a plain read; what the SIREN stands for
 * happens whatever they are. Throws `SirenNotReserved`, `CompanyNotFound`, `RegisterSourceNeeded` or
 * `EnrichmentUnavailable`.
 */
export async function answerSynthetic(
  deps: { sleep: (ms: number) => Promise<unknown> },
  input: { siren: string; asked: SourceName[]; provenance: boolean },
): Promise<SyntheticAnswer> {
  const { siren, provenance } = input;
  const outcome = reservedOutcomeOf(siren);
  if (outcome === null) throw new SirenNotReserved();
  const asked = input.asked.filter((source) => source !== "kaspr");
  const { states, faults, waitMs } = syntheticReading(outcome, asked);
  if (waitMs > 0) await deps.sleep(waitMs);
  const stored = storedOf(siren, states);
  if (faults.length === 0) ensureRegisterNamed(stored, input.asked);
  const bought = outcome === "complete" && input.asked.includes("kaspr");
  const contacts = bought ? [CONTACT] : [];
  const composition = { stored, contacts, contactsAsked: bought, asked, faults, provenance };
  const company = composeCompany({ ...composition, now: SYNTHETIC_NOW });
  return { company, stored, trail: TRAIL, freshness: "fresh" };
}
