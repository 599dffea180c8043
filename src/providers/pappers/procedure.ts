import type { ProcedureCollective } from "../../domain/companies/company.ts";
import { plain, toIsoDate } from "../dates.ts";
import type { PappersAnswer, PappersProcedure } from "./schema.ts";

/** The procedure that runs, else the latest one; null when there is none, undefined when the block is missing. */
export function toProcedure(answer: PappersAnswer): ProcedureCollective | null | undefined {
  const { procedures_collectives: procedures, procedure_collective_en_cours: running } = answer;
  if (!procedures) return undefined;
  const latestFirst = procedures.toSorted((a, b) => (b.date_debut ?? "").localeCompare(a.date_debut ?? ""));
  const one = latestFirst.find((procedure) => procedure.date_fin === null) ?? latestFirst[0];
  if (one === undefined) return null;
  return {
    type: typeOf(one),
    date_debut: toIsoDate(one.date_debut),
    en_cours: running ?? one.date_fin === null,
  };
}

function typeOf({ type }: PappersProcedure): ProcedureCollective["type"] {
  const label = plain(type ?? "");
  if (label.includes("liquidation")) return "liquidation_judiciaire";
  if (label.includes("redressement")) return "redressement_judiciaire";
  return label.includes("sauvegarde") ? "sauvegarde" : "autre";
}
