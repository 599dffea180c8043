import type { ProcedureCollective } from "../../domain/companies/company.ts";
import { toIsoDate } from "../dates.ts";

const TYPES = ["sauvegarde", "redressement_judiciaire", "liquidation_judiciaire"] as const;

/** The register states only a procedure that runs: one without a status is over. */
export function toProcedure(
  procedure: { statut: string | null; date: string | null } | null,
): ProcedureCollective | null {
  if (procedure === null || procedure.statut === null) return null;
  const type = TYPES.find((known) => known === procedure.statut) ?? "autre";
  return { type, date_debut: toIsoDate(procedure.date), en_cours: true };
}
