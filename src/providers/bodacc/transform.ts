import type { Evenement } from "../../domain/companies/company.ts";
import type { SourceRecord } from "../../domain/enrichment/source-record.ts";
import { latestDate, toIsoDate } from "../dates.ts";
import { isConfidentialityDeclaration, modificationKinds, salePrice } from "../notice-kinds.ts";
import { collectiveProcedure } from "./collective-procedure.ts";
import { effectiveNotices } from "./effective-notices.ts";
import { textsOf } from "./embedded.ts";
import type { Notice } from "./schema.ts";

type EventType = Evenement["type"];

/** Families of notices: our type, and the title of the event. */
const FAMILIES: ReadonlyMap<string, readonly [EventType, string]> = new Map([
  ["creation", ["creation", "Création"]],
  ["immatriculation", ["immatriculation", "Immatriculation"]],
  ["modification", ["modification", "Modification"]],
  ["vente", ["vente", "Vente ou cession"]],
  ["radiation", ["radiation", "Radiation"]],
  ["collective", ["procedure_collective", "Procédure collective"]],
  ["retablissement_professionnel", ["procedure_collective", "Procédure de rétablissement professionnel"]],
  ["conciliation", ["procedure_conciliation", "Procédure de conciliation"]],
  ["dpc", ["depot_comptes", "Dépôt des comptes"]],
]);

/** Notices of one company, as events and as the state of its collective procedure. */
export function toRecord(siren: string, notices: readonly Notice[]): SourceRecord {
  const standing = effectiveNotices(notices);
  const evenements = standing.flatMap(toEvenements).toSorted((a, b) => b.date.localeCompare(a.date));
  return {
    siren,
    as_of: latestDate(notices.map((notice) => toIsoDate(notice.dateparution))),
    evenements,
    procedure_collective: collectiveProcedure(standing),
  };
}

/** One notice may tell several things; its events share the reference and differ by type. */
function toEvenements(notice: Notice): Evenement[] {
  const date = toIsoDate(notice.dateparution);
  if (date === null) return [];
  const [family, label] = FAMILIES.get(notice.familleavis ?? "") ?? (["divers", "Annonce diverse"] as const);
  const titre = titleOf(notice, family, label);
  return typesOf(notice, family).map((type) => ({
    type,
    date,
    titre,
    reference: notice.id,
    montant: family === "vente" ? salePrice(textsOf([notice.listeetablissements, notice.acte])) : null,
    source: "bodacc",
  }));
}

function typesOf(notice: Notice, family: EventType): EventType[] {
  if (family === "modification") {
    return modificationKinds(textsOf([notice.modificationsgenerales, notice.acte]));
  }
  const isWithheld = family === "depot_comptes" && isConfidentialityDeclaration(textsOf(notice.depot));
  return isWithheld ? ["depot_comptes", "comptes_confidentiels"] : [family];
}

/** Titles are made of labels only: the prose of a notice names people. */
function titleOf(notice: Notice, family: EventType, label: string): string {
  const nature =
    family === "procedure_collective" ? (notice.jugement?.nature ?? notice.jugement?.famille) : null;
  return nature && nature.length <= 150 ? nature : label;
}
