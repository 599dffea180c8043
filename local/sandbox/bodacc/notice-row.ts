import type { Row } from "../ods/where-clause.ts";
import { frenchLongDate } from "../world/calendar.ts";
import type { Address, Notice, NoticeFamily, SandboxCompany } from "../world/company.ts";
import { spacedSiren } from "../world/identifiers.ts";
import { hasTrait } from "../world/random.ts";
import { judgmentWords } from "./judgment-words.ts";

const FAMILY_LABELS: Record<NoticeFamily, string> = {
  creation: "Créations",
  immatriculation: "Immatriculations",
  modification: "Modifications diverses",
  vente: "Ventes et cessions",
  radiation: "Radiations",
  collective: "Procédures collectives",
  conciliation: "Procédures de conciliation",
  dpc: "Dépôts des comptes",
  divers: "Annonces diverses",
};

const TYPE_LABELS: Record<Notice["type"], string> = {
  annonce: "Avis initial",
  rectificatif: "Avis rectificatif",
  annulation: "Avis d'annulation",
};

/** The same words serve both kinds of confidentiality, as in the real notices. */
export const SECRECY_NOTE =
  "Les comptes annuels sont accompagnés d'une déclaration de confidentialité en application du premier ou deuxième alinéa de l'article L. 232-25.";

function capitalized(town: string): string {
  return town.toLowerCase().replace(/(^|[\s-])\p{L}/gu, (letter) => letter.toUpperCase());
}

function addressJson({ number, kind, street, town }: Address) {
  return {
    numeroVoie: String(number),
    typeVoie: kind.toLowerCase(),
    nomVoie: street.toLowerCase(),
    codePostal: town.postalCode,
    ville: capitalized(town.name),
    pays: "france",
  };
}

function peopleJson(company: SandboxCompany): object {
  const { siren, name, legalForm, address } = company;
  const personne = {
    typePersonne: "pm",
    denomination: name,
    formeJuridique: legalForm.label,
    numeroImmatriculation: {
      numeroIdentification: spacedSiren(siren),
      codeRCS: "RCS",
      nomGreffeImmat: address.town.registry,
    },
    adresseSiegeSocial: addressJson(address),
  };
  // One person is an object for most companies, an array of one for others.
  return { personne: hasTrait(siren, "bodacc-person-array", 0.2) ? [personne] : personne };
}

function saleJson(company: SandboxCompany, price: number | null) {
  const origineFonds =
    price === null
      ? "Etablissement principal acquis par achat"
      : `Etablissement principal acquis par achat au prix stipulé de ${price} EUR`;
  return { origineFonds, activite: company.activity.label, adresse: addressJson(company.address) };
}

/** The sub-objects that a notice fills, by its family. */
function details(company: SandboxCompany, { detail }: Notice): Record<string, object> {
  switch (detail.kind) {
    case "deposit": {
      const note = detail.confidential ? { descriptif: SECRECY_NOTE } : {};
      return { depot: { dateCloture: detail.closedOn, typeDepot: "Comptes annuels et rapports", ...note } };
    }
    case "judgment": {
      const inFrench = hasTrait(company.siren, "bodacc-french-date", 0.4);
      const date = inFrench ? frenchLongDate(detail.date) : detail.date;
      return { jugement: { type: "initial", ...judgmentWords(detail), date } };
    }
    case "sale":
      return {
        listeetablissements: { etablissement: saleJson(company, detail.price) },
        acte: { vente: { categorieVente: "Vente de fonds de commerce", opposition: "Au siège du fonds" } },
        listeprecedentproprietaire: { personne: { typePersonne: "pm", denomination: company.name } },
      };
    case "change":
      return { modificationsgenerales: { descriptif: detail.text } };
    case "registration":
      return {
        acte: { creation: { categorieCreation: "Immatriculation", dateImmatriculation: detail.date } },
      };
    case "strike_off":
      return { radiationaurcs: { radiationPM: "O", dateCessationActivitePM: detail.date } };
    case "text":
      return { divers: { descriptif: detail.text } };
    default:
      return detail satisfies never;
  }
}

const SUB_OBJECTS = [
  "listeetablissements",
  "jugement",
  "acte",
  "modificationsgenerales",
  "radiationaurcs",
  "depot",
  "listeprecedentproprietaire",
  "listeprecedentexploitant",
  "divers",
] as const;

function previousJson({ previous }: Notice): object | null {
  return (
    previous && {
      nomPublication: `BODACC ${previous.bulletin}`,
      numeroParution: previous.issue,
      dateParution: previous.date,
      numeroAnnonce: String(previous.number),
    }
  );
}

function subObjects(company: SandboxCompany, notice: Notice): Row {
  // JSON in a string, as the portal has it; a few come already parsed, as some callers saw.
  const parsed = hasTrait(company.siren, "bodacc-parsed-objects", 0.05);
  const write = (value: object | null | undefined) =>
    value === null || value === undefined || parsed ? (value ?? null) : JSON.stringify(value);
  const filled = details(company, notice);
  return {
    listepersonnes: write(notice.family === "dpc" ? null : peopleJson(company)),
    ...Object.fromEntries(SUB_OBJECTS.map((name) => [name, write(filled[name])])),
    parutionavisprecedent: write(previousJson(notice)),
  };
}

export function noticeRow(company: SandboxCompany, notice: Notice): Row {
  const { siren, name, address } = company;
  const { town } = address;
  const id = `${notice.bulletin}${notice.issue}${notice.number}`;
  const spellings = [spacedSiren(siren), siren];
  return {
    id,
    publicationavis: notice.bulletin,
    publicationavis_facette: `Bodacc ${notice.bulletin}`,
    parution: notice.issue,
    dateparution: notice.date,
    numeroannonce: notice.number,
    typeavis: notice.type,
    typeavis_lib: TYPE_LABELS[notice.type],
    familleavis: notice.family,
    familleavis_lib: FAMILY_LABELS[notice.family],
    numerodepartement: town.department,
    departement_nom_officiel: town.departmentName,
    region_code: Number(town.region.code),
    region_nom_officiel: town.region.name,
    tribunal:
      notice.family === "collective"
        ? `TRIBUNAL DE COMMERCE DE ${town.registry.toUpperCase()}`
        : `Greffe du Tribunal de Commerce de ${town.registry}`,
    commercant: name,
    ville: capitalized(town.name),
    cp: town.postalCode,
    registre: notice.bulletin === "C" ? spellings.toReversed() : spellings,
    pdf_parution_subfolder: 2,
    ispdf_unitaire: "oui",
    url_complete: `https://www.bodacc.fr/pages/annonces-commerciales-detail/?q.id=id:${id}`,
    ...subObjects(company, notice),
  };
}
