import type { CompanyFacts } from "../companies/company.ts";
import { yearsSince } from "./elapsed.ts";

export type IneligibleReason = "cessee" | "liquidation_judiciaire" | "organisme_public" | "sci";

const SCI_CODES = new Set(["6540", "6541"]);
const CIVIL_COMPANY = /^65/;
const PUBLIC_BODY = /^[47]/;
const LETTING = /^68\.?20[AB]$/;

function isStruckOff(facts: CompanyFacts, at: number): boolean {
  if (facts.statut !== null) return facts.statut === "cessee";
  return yearsSince(facts.date_fermeture, at) !== null;
}

/** A civil company whose activity is letting property is an SCI in all but its code. */
function isPropertyVehicle({ forme_juridique, code_naf }: CompanyFacts): boolean {
  const form = forme_juridique?.code ?? "";
  return SCI_CODES.has(form) || (CIVIL_COMPANY.test(form) && LETTING.test(code_naf ?? ""));
}

/** Why a company can't be sold as a company; null when it can, or when nothing says it can't. */
export function ineligibleReason(facts: CompanyFacts, at: number): IneligibleReason | null {
  if (isStruckOff(facts, at)) return "cessee";
  const procedure = facts.procedure_collective;
  if (procedure?.en_cours === true && procedure.type === "liquidation_judiciaire")
    return "liquidation_judiciaire";
  if (PUBLIC_BODY.test(facts.forme_juridique?.code ?? "")) return "organisme_public";
  return isPropertyVehicle(facts) ? "sci" : null;
}
