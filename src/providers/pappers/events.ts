import type { Evenement } from "../../domain/companies/company.ts";
import { toIsoDate } from "../dates.ts";
import { isConfidentialityDeclaration, modificationKinds } from "../notice-kinds.ts";
import type { PappersPublication } from "./schema.ts";

type EventType = Evenement["type"];

const TYPES: ReadonlyMap<string, EventType> = new Map([
  ["Création", "creation"],
  ["Immatriculation", "immatriculation"],
  ["Modification", "modification"],
  ["Vente", "vente"],
  ["Radiation", "radiation"],
  ["Procédure collective", "procedure_collective"],
  ["Dépôt des comptes", "depot_comptes"],
]);

/** BODACC notices as Pappers relays them, latest first. "Achat" tells of a purchase by the company: diverse. */
export function toEvenements(publications: readonly PappersPublication[]): Evenement[] {
  return publications.flatMap(eventsOf).toSorted((a, b) => b.date.localeCompare(a.date));
}

function eventsOf(publication: PappersPublication): Evenement[] {
  const date = toIsoDate(publication.date);
  if (date === null) return [];
  const shared = { date, reference: referenceOf(publication), montant: null, source: "pappers" };
  return typesOf(publication).map((type) => ({ type, titre: titleOf(publication), ...shared }));
}

function typesOf(publication: PappersPublication): EventType[] {
  const type = TYPES.get(publication.type ?? "") ?? "divers";
  if (type === "depot_comptes" && isConfidentialityDeclaration(publication.descriptif ?? "")) {
    return ["depot_comptes", "comptes_confidentiels"];
  }
  if (type !== "modification") return [type];
  // `administration` lists the officers in office: its presence says that they changed.
  const hint = publication.administration === null ? "" : "administration";
  return modificationKinds(`${publication.description ?? ""} ${hint}`);
}

/** The notice's BODACC identifier: bulletin, issue, number. */
function referenceOf({ bodacc, numero_parution, numero_annonce }: PappersPublication): string | null {
  if (bodacc === null || numero_parution === null || numero_annonce === null) return null;
  return `${bodacc}${numero_parution}${numero_annonce}`;
}

function titleOf({ type, nature }: PappersPublication): string | null {
  return nature !== null && nature.length <= 150 ? nature : type;
}
