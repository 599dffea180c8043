import type { SandboxCompany } from "../world/company.ts";
import { slugOf } from "../world/make-company.ts";
import { matchingJson } from "./establishment-json.ts";

function immatriculation(company: SandboxCompany) {
  const { createdOn, ceasedOn, capital, legalForm, filings } = company;
  const [, month = "12", day = "31"] = filings[0]?.closedOn.split("-") ?? [];
  return {
    date_debut_activite: createdOn,
    date_immatriculation: createdOn,
    date_radiation: ceasedOn,
    duree_personne_morale: company.person ? null : 99,
    date_fin_existence: null,
    nature_entreprise: ["Commerciale"],
    date_cloture_exercice: company.person ? null : `${day}${month}`,
    capital_social: capital,
    capital_variable: false,
    devise_capital: capital === null ? null : "EUR",
    indicateur_associe_unique: legalForm.singleOwner,
  };
}

function noticeOf({ notices }: SandboxCompany, family: string) {
  const notice = notices.find((one) => one.family === family && one.type === "annonce");
  return notice && { id_annonce: notice.bulletin + notice.issue + notice.number, date: notice.date };
}

function bodacc(company: SandboxCompany) {
  const { procedure, ceasedOn } = company;
  const struckOff = noticeOf(company, "radiation");
  const judgment = noticeOf(company, "collective");
  return {
    radiation: ceasedOn !== null && struckOff ? { est_radie: true, ...struckOff } : null,
    procedure_collective:
      procedure && judgment
        ? { statut: procedure.closedOn === null ? procedure.kind : null, ...judgment }
        : null,
  };
}

/** The undocumented blocks that the official site asks for with `include_admin`. */
export function adminBlocks(company: SandboxCompany, asked: readonly string[]) {
  const { establishments, name, siren } = company;
  return {
    ...(asked.includes("immatriculation") && { immatriculation: immatriculation(company) }),
    ...(asked.includes("bodacc") && { bodacc: bodacc(company) }),
    ...(asked.includes("admin") && {
      admin: { slug: `${slugOf(name)}-${siren}`, a_acces_espace_agent: false },
    }),
    ...(asked.includes("etablissements") && {
      etablissements: establishments.map((establishment) => matchingJson(company, establishment)),
    }),
  };
}
